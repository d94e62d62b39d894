import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect } from 'vitest'

import { hiddenNames, treeOf } from './directory-tree.ts'
import { Reader, runWriter } from './processes.ts'
import { generationOf } from './token-text.ts'

/** Two readers in tight loops see a whole token at each of that many writes. */
export async function expectWholeTokens(directory: string, writes: number): Promise<void> {
  mkdirSync(directory)
  await runWriter(directory, { first: 0, last: 0 })
  const readers = [await Reader.start(directory), await Reader.start(directory)]
  await runWriter(directory, { first: 1, last: writes })
  for (const reader of readers) {
    const seen = await reader.stop()
    expect(seen).toMatchObject({ faults: [], backwards: 0 })
    expect(seen.generations).toBeGreaterThan(1)
  }
}

/** A writer that is killed anywhere, that many times, leaves a whole token, and nothing behind the next write. */
export async function expectCleanKills(directory: string, kills: number): Promise<void> {
  mkdirSync(directory)
  await runWriter(directory, { first: 0, last: 0 })
  const reader = await Reader.start(directory)
  let [next, unclean] = [1, 0]
  for (let kill = 0; kill < kills; kill++) {
    const durable = kill % 2 === 0
    // Within the time of the first few writes, wherever that may be.
    const killAfterMs = (kill * 7) % 40
    const { told = next, signal } = await runWriter(
      directory,
      { first: next, last: next + 100_000 },
      { durable, killAfterMs },
    )
    expect(signal).toBe('SIGKILL')
    const found = generationOf(readFileSync(join(directory, 'token'), 'utf8')) ?? -1
    expect(found).toBeGreaterThanOrEqual(told)
    next = found + 1
    if (kill % 5 === 4) {
      unclean += hiddenNames(directory).length > 1 ? 1 : 0
      await expectCleanWrite(directory, next++)
    }
  }
  expect(unclean).toBeGreaterThan(0)
  expect(await reader.stop()).toMatchObject({ faults: [], backwards: 0 })
}

async function expectCleanWrite(directory: string, generation: number): Promise<void> {
  await runWriter(directory, { first: generation, last: generation })
  const paths = generation % 2 === 0 ? ['even', 'even/generation'] : ['odd']
  const files = [...paths, 'token'].map((path) => `..now/${path}`)
  expect(Object.keys(treeOf(directory)).toSorted()).toEqual(
    ['..data', '..now', ...files, ...paths.slice(0, 1), 'token'].toSorted(),
  )
}
