import type { InteractiveMode } from '../api/exec-config.ts'
import { interactiveError } from './exec-error.ts'

/** What decides whether a plugin may prompt. */
export interface InteractiveQuestion {
  readonly mode: InteractiveMode
  readonly stdinIsTerminal: boolean
  /** Whether the program has another use for its standard input. */
  readonly stdinUnavailable: boolean
  /** What that use is; '' when not given. */
  readonly stdinUnavailableMessage: string
  /** Whether the run is ahead of need. Such a run never prompts. */
  readonly ahead: boolean
}

/** What the plugin is told, and what it gets as standard input. */
export interface InteractivePlan {
  readonly interactive: boolean
  readonly stdin: 'inherit' | 'null'
}

/**
 * Decides whether a plugin may prompt, by the rules and in the words of client-go.
 *
 * @throws {@link KubecredError} `ERR_EXEC_INTERACTIVE` when it must prompt and cannot.
 */
export function planInteraction(question: InteractiveQuestion): InteractivePlan {
  const { mode, stdinIsTerminal, stdinUnavailable, ahead } = question
  switch (mode) {
    case 'Never':
      return silent
    case 'IfAvailable':
      return stdinIsTerminal && !stdinUnavailable && !ahead ? prompting : silent
    case 'Always':
      return mustPrompt(question)
    default:
      throw interactiveError(
        `unknown interactiveMode: ${JSON.stringify(mode)}`,
        'interactiveMode is Never, IfAvailable or Always',
      )
  }
}

const silent: InteractivePlan = { interactive: false, stdin: 'null' }
const prompting: InteractivePlan = { interactive: true, stdin: 'inherit' }

function mustPrompt(question: InteractiveQuestion): InteractivePlan {
  if (question.ahead) {
    throw interactiveError(
      'nobody waits for this run',
      'interactiveMode is Always: ask when needed',
    )
  }
  if (!question.stdinIsTerminal) {
    throw interactiveError(
      'standard input is not a terminal',
      'run the program from a terminal, or use a plugin that need not prompt',
    )
  }
  if (question.stdinUnavailable) {
    const message = question.stdinUnavailableMessage
    throw interactiveError(
      `standard input is unavailable${message === '' ? '' : `: ${message}`}`,
      'interactiveMode is Always, so leave standard input to the plugin',
    )
  }
  return prompting
}
