import { win32 } from 'node:path'

import type { Environment } from '../host/host.ts'
import { readVariable } from './environment.ts'

/** A command line for cmd.exe; the arguments go to it verbatim. */
export interface BatchCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** Whether Windows runs the file through cmd.exe. */
export function isBatchFile(path: string): boolean {
  return /\.(?:bat|cmd)$/iu.test(path)
}

/**
 * Writes the command line that runs a batch file with exactly these arguments.
 *
 * cmd.exe reads a line by rules of its own before the batch file sees it, so every argument that
 * is not plain is quoted, quotes are doubled, and no `%` can begin a variable.
 *
 * @returns Undefined when cmd.exe has no way to pass an argument on: line ends and NUL.
 */
export function batchCommand(
  script: string,
  args: readonly string[],
  env: Environment,
): BatchCommand | undefined {
  if ([script, ...args].some((text) => /[\0\r\n]/u.test(text)) || script.includes('"')) {
    return undefined
  }
  const line = [`"${withoutVariables(script)}"`, ...args.map(quoteArgument)].join(' ')
  // Extensions on, because the escape of % needs them; delayed expansion off, so that ! is a letter;
  // no AutoRun command; and the outer quotes are the ones that /s takes away.
  return { file: commandInterpreter(env), args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', `"${line}"`] }
}

function quoteArgument(argument: string): string {
  // Whatever is not known to be harmless is quoted. A \ at the end is too, lest it meet a quote
  // which the batch file itself adds.
  const plain = /^[\w#$*+\-./:?@\\]+$/u.test(argument) && !argument.endsWith('\\')
  if (plain) return argument
  const quoted = argument
    // Backslashes count only before a quote: there each stands for itself when doubled.
    .replaceAll(/(\\*)"/gu, '$1$1""')
    .replace(/(\\+)$/u, '$1$1')
  return `"${withoutVariables(quoted)}"`
}

// %cd:~,% is always the empty text, and after it a % no longer begins a name.
function withoutVariables(text: string): string {
  return text.replaceAll('%', '%%cd:~,%')
}

function commandInterpreter(env: Environment): string {
  const root = readVariable(env, 'SystemRoot', 'win32') ?? 'C:\\Windows'
  return win32.join(root, 'System32', 'cmd.exe')
}
