import { resolve } from 'node:path'
import type { Readable } from 'node:stream'

import { CommandError } from './command-error.ts'
import { systemWords } from './system-words.ts'
import type { Terminal } from './terminal.ts'

/** A body, and what its beginning says about its type. */
export interface RequestBody {
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly looksLike: 'object' | 'array' | 'other'
  /** Lets go of what it is read from. */
  release(): void
}

/** Whether the body comes from standard input. */
export function isStandardInput(data: string | undefined): boolean {
  return data === '-'
}

/**
 * The body that `--data` names: a text, `@FILE`, or `-` for standard input, which goes out as it
 * comes in.
 *
 * @param signal Ends the wait for standard input.
 * @throws {@link CommandError} For a file that cannot be read.
 */
export async function readBody(
  data: string,
  terminal: Pick<Terminal, 'stdin' | 'host'>,
  signal: AbortSignal,
): Promise<RequestBody> {
  if (isStandardInput(data)) return await streamed(terminal.stdin, signal)
  if (!data.startsWith('@')) return whole(data, data)
  const path = resolve(terminal.host.cwd, data.slice(1))
  // Loaded where there is a file to read.
  const { readFile } = await import('node:fs/promises')
  try {
    const content = await readFile(path)
    return whole(content, content.toString('latin1', 0, 64))
  } catch (error) {
    throw new CommandError(`open ${path}: ${systemWords(error)}`, {
      hint: 'after -d, @ stands before the name of a file',
    })
  }
}

/** The `Content-Type` of a body whose sender says nothing about it. */
export function contentTypeFor(
  method: string,
  looks: RequestBody['looksLike'],
): string | undefined {
  if (looks === 'other') return undefined
  if (method !== 'PATCH') return 'application/json'
  // The API server takes no plain JSON for a patch; these two work for every kind of object.
  return looks === 'array' ? 'application/json-patch+json' : 'application/merge-patch+json'
}

function whole(content: string | Uint8Array, beginning: string): RequestBody {
  return { content, looksLike: looksLike(beginning), release: () => undefined }
}

async function streamed(input: Readable, signal: AbortSignal): Promise<RequestBody> {
  // A stream that stays open would keep the process alive.
  const release = (): void => {
    input.destroy()
  }
  signal.addEventListener('abort', release, { once: true })
  const chunks: AsyncIterableIterator<Uint8Array | string> = input[Symbol.asyncIterator]()
  const first = await chunks.next()
  signal.throwIfAborted()
  if (first.done === true) return { ...whole('', ''), release }
  const beginning = Buffer.from(first.value)
  async function* content(): AsyncGenerator<Uint8Array> {
    yield beginning
    for await (const chunk of chunks) yield Buffer.from(chunk)
  }
  return { content: content(), looksLike: looksLike(beginning.toString('latin1', 0, 64)), release }
}

function looksLike(beginning: string): RequestBody['looksLike'] {
  const first = beginning.trimStart()[0]
  if (first === '{') return 'object'
  return first === '[' ? 'array' : 'other'
}
