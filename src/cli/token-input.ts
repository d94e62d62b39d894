import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'

import { membersOf, parseJson, textOf } from '../api/json-shape.ts'
import { claimsOf } from '../api/service-account-claims.ts'
import { CommandError } from './command-error.ts'
import type { Session } from './session.ts'
import { systemWords } from './system-words.ts'

/**
 * The token that a word stands for: itself, a file's, or for `-` that on standard input.
 *
 * Where a JSON object stands, it is its `status.token`: so print `kubecred token create -o json` and exec plugins.
 *
 * @throws {@link CommandError} When there is none. The word is not in it: it may be a token after all.
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
  const input = isStandardInput
    ? terminal.stdin
    : createReadStream(resolve(terminal.host.cwd, word))
  const text = await wholeOf(input, signal).catch((error: unknown) => {
    throw isStandardInput || error instanceof CommandError ? error : unreadable(word, error)
  })
  const object = membersOf(parseJson(text))
  const token = textOf(membersOf(object['status'])['token']) || text.trim()
  if (token !== '') return token
  throw new CommandError(
    `there is no token: ${isStandardInput ? 'standard input' : word} is empty`,
    {
      hint: 'for example: kubecred token create deployer | kubecred token inspect -',
    },
  )
}

/** Whether a text is in the form of one, with claims in it. */
export function isJsonWebToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/u.test(text) && Object.keys(claimsOf(text)).length > 0
}

const onCommandLine =
  'a token on the command line stands in the list of processes, and in the history of the shell; ' +
  'a file, or - for standard input, does not'

// Far more than any token; what is longer is something else.
const longest = 2 ** 20

async function wholeOf(input: Readable, signal: AbortSignal): Promise<string> {
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
      if (length > longest) throw tooLong()
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

function tooLong(): CommandError {
  return new CommandError('what stands there is longer than 1 MiB, and so no token', {
    hint: 'give a file that holds a token and nothing else, or - for standard input',
  })
}

function unreadable(word: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') {
    return new CommandError(`open ${word}: ${systemWords(error)}`, {
      hint: 'give a file that holds a token, or - for standard input',
    })
  }
  return new CommandError('there is no such file, and it is no JSON Web Token either', {
    hint: 'give a file that holds a token, or - for standard input',
  })
}
