import { Command, CommanderError } from 'commander'

import { version } from '../doors/index.ts'
import type { Actions } from './actions.ts'
import { exitCodes, usageError } from './command-error.ts'
import {
  completionTexts,
  credentialTexts,
  programTexts,
  proxyTexts,
  requestTexts,
  whoamiTexts,
} from './command-texts.ts'
import { commands, type CommandEntry } from './commands.ts'
import { credentialFlags, type CredentialFlags } from './credential-flags.ts'
import { addCommand, addCommandWithWords, addFlags, examplesText } from './define-command.ts'
import type { Flag } from './flag.ts'
import { globalFlags, type GlobalFlags } from './global-flags.ts'
import { plainFlags } from './plain-flags.ts'
import { proxyFlags, type ProxyFlags } from './proxy-flags.ts'
import { requestFlags, type RequestFlags } from './request-flags.ts'
import { addTokenCommands } from './token-program.ts'
import { readTypedLine } from './typed-line.ts'
import { whoamiFlags, type WhoamiFlags } from './whoami-flags.ts'

/**
 * Understands a command line and does what it says.
 *
 * @param print Takes help and version.
 * @returns The exit code.
 * @throws {@link CommandError} When it cannot be understood; or what the action throws.
 */
export async function runProgram(
  args: readonly string[],
  actions: Actions,
  print: (text: string) => Promise<void>,
): Promise<number> {
  let exitCode: number = exitCodes.ok
  let printed = ''
  const program = createProgram(args, actions, (code) => {
    exitCode = code
  })
  for (const command of withAllBehind(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        printed += text
      },
      // What goes wrong is told by the error.
      writeErr: () => undefined,
    })
  }
  const plain = plainFlags(args, switches)
  if ('refused' in plain) {
    throw usageError(`invalid argument: ${plain.refused}`, 'a switch is true or false')
  }
  try {
    await parse(program, withDeepHelp(plain.args))
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.help' && !args.includes('help')) {
      return await runProgram([...args, '--help'], actions, print)
    }
    if (error.exitCode !== 0) throw understandable(error, args)
  }
  if (printed !== '') await print(printed)
  return exitCode
}

/** What `help` asks for of a command behind another: commander looks at one word only. */
function withDeepHelp(args: readonly string[]): readonly string[] {
  if (args.length === 0) return ['--help']
  const [first, group, ...more] = args
  const hasSubcommands = commands.some(({ name, subcommands }) => name === group && subcommands)
  const isDeep = first === 'help' && group !== undefined && hasSubcommands && more.length > 0
  return isDeep ? [group, ...more, '--help'] : args
}

/** Commander takes an unknown `--name=value` for one long name: like none, and quoted whole. */
async function parse(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    const words = error instanceof CommanderError ? error.message : ''
    const name = /^error: unknown option '(?<name>--[^=']+)=/u.exec(words)?.groups?.['name']
    if (name === undefined) throw error
    // Still unknown, so that nothing is done.
    const cut = args.map((arg) => (arg.startsWith(`${name}=`) ? name : arg))
    await parse(program, cut)
  }
}

function withAllBehind(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withAllBehind)]
}

type End = (exitCode: number) => void

function createProgram(args: readonly string[], actions: Actions, end: End): Command {
  const program = new Command('kubecred')
    .description(programTexts.description)
    .usage(programTexts.usage)
    .version(`kubecred ${version}`, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', examplesText(programTexts.examples))
  addFlags(program, globalFlags, 'Flags of every command:')
  addCommandWithWords(program, 'request', requestTexts, requestFlags).action(
    async (words: readonly string[], _own: unknown, command: Command) => {
      end(await actions.request(words, command.optsWithGlobals<GlobalFlags & RequestFlags>()))
    },
  )
  addCommand(program, 'credential', credentialTexts, credentialFlags).action(
    async (_own: unknown, command: Command) => {
      end(await actions.credential(command.optsWithGlobals<GlobalFlags & CredentialFlags>()))
    },
  )
  addCommand(program, 'whoami', whoamiTexts, whoamiFlags).action(
    async (_own: unknown, command: Command) => {
      end(await actions.whoami(command.optsWithGlobals<GlobalFlags & WhoamiFlags>()))
    },
  )
  addCommand(program, 'proxy', proxyTexts, proxyFlags).action(
    async (_own: unknown, command: Command) => {
      end(await actions.proxy(command.optsWithGlobals<GlobalFlags & ProxyFlags>()))
    },
  )
  addTokenCommands(program, args, actions, end)
  addCommandWithWords(program, 'completion', completionTexts, []).action(
    async (words: readonly string[]) => {
      end(await actions.completion(words))
    },
  )
  return program
}

const switches: ReadonlySet<string> = new Set(
  [...globalFlags, ...commands.flatMap(flagsOf)]
    .filter(({ value }) => value === undefined)
    .flatMap(({ name, short }) => (short === undefined ? [name] : [name, short])),
)

function flagsOf({ flags, subcommands = [] }: CommandEntry): readonly Flag[] {
  return [...flags, ...subcommands.flatMap(flagsOf)]
}

/** Commander's words have the suggestion in them; here it is the hint. */
function understandable({ code, message: words }: CommanderError, args: readonly string[]): Error {
  if (code === 'commander.help') {
    // As kubectl: it was help for something that there is not.
    const topic = args.slice(args.indexOf('help') + 1).join(' ')
    return usageError(`Unknown help topic [\`${topic}\`]`, 'see kubecred --help')
  }
  const { message = words, suggestion } = form.exec(words)?.groups ?? {}
  const { path } = readTypedLine(args)
  const help = `see kubecred ${path === '' ? '' : `${path} `}--help`
  return usageError(
    message,
    suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`,
  )
}

const form = /^(?:error: )?(?<message>[^\n]*)(?:\n\(Did you mean (?<suggestion>.*)\?\))?/u
