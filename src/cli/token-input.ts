import { createReadStream, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Readable } from 'node:stream'

import { membersOf, parseJson, textOf } from '../api/json-shape.ts'
import { CommandError } from './command-error.ts'
import type { Session } from './session.ts'
import { systemWords } from './system-words.ts'
import { beginsAsToken, formProblem, isJsonWebToken } from './token-form.ts'

/**
 * The JSON Web Token that a word stands for: itself, a file's, or for `-` that on standard input.
 *
 * Where a JSON object stands, it is its `status.token`: so print `kubecred token create -o json` and exec plugins.
 *
 * @throws {@link CommandError} When there is none, with the file. A word that may be a token is not in it.
 */
export async function readToken(
  word: string,
  { terminal, say, signal }: Pick<Session, 'terminal' | 'say' | 'signal'>,
): Promise<string> {
  if (isJsonWebToken(word)) {
    say(`Warning: ${onCommandLine}`)
    return word
  }
  const isStandardInput = word === '-'
  const place = isStandardInput ? 'standard input' : word
  const { cwd } = terminal.host
  const input = isStandardInput ? terminal.stdin : createReadStream(resolve(cwd, word))
  const text = await wholeOf(input, place, signal).catch((error: unknown) => {
    throw isStandardInput || error instanceof CommandError ? error : unreadable(word, cwd, error)
  })
  const token = textOf(membersOf(membersOf(parseJson(text))['status'])['token']) || text.trim()
  if (token !== '') return checkedToken(token, place)
  throw new CommandError(`there is no token: ${place} is empty`, {
    hint: 'for example: kubecred token create deployer | kubecred token inspect -',
  })
}

/**
 * A text, when it is a JSON Web Token.
 *
 * @param place Where it stands, for messages.
 * @throws {@link CommandError} When it is none.
 */
export function checkedToken(text: string, place: string): string {
  if (isJsonWebToken(text)) return text
  const { what, hint } = formProblem(text)
  throw new CommandError(`${place}: ${what}`, { hint })
}

const onCommandLine =
  'a token on the command line stands in the list of processes, and in the history of the shell; ' +
  'a file, or - for standard input, does not'

// Far more than any token; what is longer is something else.
const longest = 2 ** 20

async function wholeOf(input: Readable, place: string, signal: AbortSignal): Promise<string> {
  const release = (): void => {
    input.destroy()
  }
  signal.addEventListener('abort', release, { once: true })
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of chunksOf(input)) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
      if (length > longest) throw tooLong(place)
    }
  } finally {
    // A stream that stays open would keep the process alive.
    release()
  }
  signal.throwIfAborted()
  return Buffer.concat(chunks).toString('utf8')
}

function chunksOf(input: Readable): AsyncIterableIterator<Uint8Array | string> {
  return input[Symbol.asyncIterator]()
}

function tooLong(place: string): CommandError {
  return new CommandError(`${place}: it is longer than 1 MiB, and so no token`, {
    hint: 'give a file that holds a token and nothing else, or - for standard input',
  })
}

const fileHint = 'give a file that holds a token, or - for standard input'

function unreadable(word: string, cwd: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (absent.has(code) && mayBeToken(word, cwd)) return notFound(word, cwd)
  return new CommandError(`open ${word}: ${systemWords(error)}`, {
    hint: code === 'EISDIR' ? 'name the file in the folder, not the folder' : fileHint,
  })
}

const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'])

/** No token begins with the name of a folder that is there. */
function mayBeToken(word: string, cwd: string): boolean {
  const folder = dirname(word)
  return folder === '.' || !existsSync(resolve(cwd, folder))
}

function notFound(word: string, cwd: string): CommandError {
  if (beginsAsToken(word)) {
    const { what, hint } = formProblem(word)
    return new CommandError(`the token on the command line: ${what}`, { hint })
  }
  const where = dirname(word) === '.' ? ` in ${cwd}` : ''
  return new CommandError(`there is no such file${where}, and it is no JSON Web Token either`, {
    hint: fileHint,
  })
}
