import { Option, type Command } from 'commander'

import type { CommandTexts } from './command-texts.ts'
import { nextValue, type Flag } from './flag.ts'

/** Adds a command of this name, with its texts and flags. */
export function addCommand(
  parent: Command,
  name: string,
  { summary, description, usage, examples }: CommandTexts,
  flags: readonly Flag[],
): Command {
  const command = parent
    .command(name)
    .summary(summary)
    .description(description)
    .usage(usage)
    .addHelpText('after', examplesText(examples))
    .addHelpText('after', '\nFlags of every command: kubecred --help')
  addFlags(command, flags, 'Flags:')
  return command
}

/** Adds a command that takes words, and looks at them itself. */
export function addCommandWithWords(...parts: Parameters<typeof addCommand>): Command {
  return addCommand(...parts)
    .argument('[words...]')
    .configureHelp({ visibleArguments: () => [] })
}

/** Adds flags to a command, under a heading in its help. */
export function addFlags(command: Command, flags: readonly Flag[], heading: string): void {
  for (const flag of flags) {
    const { name, short, value, help, preset } = flag
    const names = short === undefined ? `--${name}` : `-${short}, --${name}`
    const option = new Option(value === undefined ? names : `${names} <${value}>`, help)
    option.helpGroup(heading)
    if (value !== undefined) {
      option.argParser((text, before: unknown) => nextValue(flag, text, before))
    }
    if (preset !== undefined) option.default(preset)
    command.addOption(option)
  }
}

/** The examples of a help text. */
export function examplesText(examples: CommandTexts['examples']): string {
  const lines = examples.map(([what, command]) => `  # ${what}\n  ${command}`)
  return `\nExamples:\n${lines.join('\n\n')}`
}
