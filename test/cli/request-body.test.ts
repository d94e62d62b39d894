import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'

import { expect, test } from 'vitest'

import { contentTypeFor, isStandardInput, readBody } from '../../src/cli/request-body.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { FakeTerminal } from './fake-terminal.ts'

const folder = temporaryFolder()
const never = new AbortController().signal

async function bytesOf(content: string | Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  if (typeof content === 'string') return content
  if (content instanceof Uint8Array) return Buffer.from(content).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test.each([
  ['{"a":1}', 'object'],
  [' \n[1]', 'array'],
  ['apiVersion: v1', 'other'],
  ['', 'other'],
])('a text %j is sent as it is, and looks like %s', async (data, looksLike) => {
  const terminal = new FakeTerminal({ stdin: 'not this' })
  expect(await readBody(data, terminal, never)).toMatchObject({ content: data, looksLike })
  expect(terminal.stdinLooks).toBe(0)
})

test('a file is sent byte for byte, found from the working directory', async () => {
  const bytes = Buffer.from('{"a":"\u00e4"}\n\0')
  writeFileSync(join(folder, 'body'), bytes)
  const { content, looksLike } = await readBody('@body', new FakeTerminal({ cwd: folder }), never)
  expect([content, looksLike]).toEqual([bytes, 'object'])
})

test('a file that is not there is named', async () => {
  const reading = readBody('@missing', new FakeTerminal({ cwd: folder }), never)
  await expect(reading).rejects.toMatchObject({
    message: expect.stringContaining(join(folder, 'missing')) as string,
    exitCode: 1,
  })
})

test.each([
  ['whole', ['{"a":1}'], 'object'],
  ['in pieces', ['[', '1', ']'], 'array'],
  ['empty', [], 'other'],
])('standard input that comes %s is passed on', async (_how, pieces, looksLike) => {
  const stdin = Readable.from(pieces.map((piece) => Buffer.from(piece)))
  const body = await readBody('-', new FakeTerminal({ stdin }), never)
  expect(body.looksLike).toBe(looksLike)
  expect(await bytesOf(body.content)).toBe(pieces.join(''))
})

test('a wait for standard input ends when the command does', async () => {
  const stdin = new Readable({ read: () => undefined })
  const stop = new AbortController()
  const reading = readBody('-', new FakeTerminal({ stdin }), stop.signal)
  stop.abort(new Error('stop'))
  await expect(reading).rejects.toThrow(/Premature close|aborted|stop/u)
  expect(stdin.destroyed).toBe(true)
})

test('standard input is let go of, so that the process can end', async () => {
  const stdin = new Readable({ read: () => undefined })
  stdin.push('first')
  const body = await readBody('-', new FakeTerminal({ stdin }), never)
  body.release()
  expect(stdin.destroyed).toBe(true)
})

test('only a single dash is standard input', () => {
  expect(['-', '--', '@-', undefined].map(isStandardInput)).toEqual([true, false, false, false])
})

test.each([
  ['POST', 'object', 'application/json'],
  ['PUT', 'array', 'application/json'],
  ['PATCH', 'object', 'application/merge-patch+json'],
  ['PATCH', 'array', 'application/json-patch+json'],
  ['POST', 'other', undefined],
] as const)('%s of an %s is %s', (method, looks, type) => {
  expect(contentTypeFor(method, looks)).toBe(type)
})
