import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { hiddenNames } from './directory-tree.ts'
import { Reader, runWriter } from './processes.ts'
import { expectCleanKills, expectWholeTokens } from './readers.ts'
import { generationOf } from './token-text.ts'

const root = temporaryFolder()

test('a reader in a tight loop sees a whole token all the time', async () => {
  await expectWholeTokens(join(root, 'swaps'), 400)
}, 120_000)

test('a writer that is killed leaves a whole token, and the next write cleans up', async () => {
  await expectCleanKills(join(root, 'kills'), 20)
}, 120_000)

test('two processes that write at the same time do each other no harm', async () => {
  const directory = join(root, 'both')
  mkdirSync(directory)
  await runWriter(directory, { first: 0, last: 0 })
  const reader = await Reader.start(directory)
  const range = { first: 2, last: 200 }
  const ended = await Promise.all([runWriter(directory, range), runWriter(directory, range)])
  expect(ended).toEqual([
    { told: 200, signal: null },
    { told: 200, signal: null },
  ])
  expect(await reader.stop()).toMatchObject({ faults: [] })
  expect(generationOf(readFileSync(join(directory, 'token'), 'utf8'))).toBe(200)
  await runWriter(directory, { first: 202, last: 202 })
  expect(hiddenNames(directory)).toHaveLength(1)
}, 120_000)
