import { join } from 'node:path'

import { test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { expectCleanKills, expectWholeTokens } from './readers.ts'

const root = temporaryFolder()

test('a reader in a tight loop sees a whole token at each of 5,000 writes', async () => {
  await expectWholeTokens(join(root, 'swaps'), 5000)
}, 900_000)

test('a writer that is killed 100 times leaves a whole token each time', async () => {
  await expectCleanKills(join(root, 'kills'), 100)
}, 900_000)
