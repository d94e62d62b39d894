import { describe, expect, test } from 'vitest'

import type { InteractiveMode } from '../../src/api/exec-config.ts'
import { planInteraction, type InteractiveQuestion } from '../../src/exec/interactive-mode.ts'

const prefix = 'exec plugin cannot support interactive mode: '
const silent = { interactive: false, stdin: 'null' }
const prompting = { interactive: true, stdin: 'inherit' }

function question(mode: InteractiveMode, rest: Partial<InteractiveQuestion>): InteractiveQuestion {
  return {
    mode,
    stdinIsTerminal: true,
    stdinUnavailable: false,
    stdinUnavailableMessage: '',
    ahead: false,
    ...rest,
  }
}

describe('planInteraction', () => {
  test.each([
    ['Never', {}, silent],
    ['Never', { stdinIsTerminal: false, stdinUnavailable: true }, silent],
    ['IfAvailable', {}, prompting],
    ['IfAvailable', { stdinIsTerminal: false }, silent],
    ['IfAvailable', { stdinUnavailable: true }, silent],
    ['IfAvailable', { ahead: true }, silent],
    ['Always', {}, prompting],
  ] as const)('with %s and %o decides as client-go', (mode, rest, plan) => {
    expect(planInteraction(question(mode, rest))).toEqual(plan)
  })

  test.each([
    [{ stdinIsTerminal: false }, 'standard input is not a terminal'],
    [{ stdinIsTerminal: false, stdinUnavailable: true }, 'standard input is not a terminal'],
    [{ stdinUnavailable: true }, 'standard input is unavailable'],
    [
      { stdinUnavailable: true, stdinUnavailableMessage: 'used by -f' },
      'standard input is unavailable: used by -f',
    ],
    [{ ahead: true }, 'nobody waits for this run'],
  ])('with Always and %o fails in the words of client-go', (rest, words) => {
    expect(() => planInteraction(question('Always', rest))).toThrow(
      expect.objectContaining({ code: 'ERR_EXEC_INTERACTIVE', message: prefix + words }),
    )
  })

  test('names a mode that does not exist', () => {
    // Only a program without types can ask for it.
    const mode: InteractiveMode = JSON.parse('""')
    expect(() => planInteraction(question(mode, {}))).toThrow(
      `${prefix}unknown interactiveMode: ""`,
    )
  })
})
