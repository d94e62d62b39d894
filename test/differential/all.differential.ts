import { afterAll, describe, expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { themes } from './cases/themes.ts'
import { besides, canPlay } from './rotation.ts'
import { findKubectls } from './kubectls.ts'
import { play } from './play.ts'
import { builtKubecred } from './programs.ts'
import { ServerPool } from './servers.ts'

const kubectls = await findKubectls({ build: false })
const pool = new ServerPool()
const theatre = { kubecred: builtKubecred, pool, folder: temporaryFolder() }

afterAll(async () => {
  await pool.close()
})

// The newest kubectl judges every case, and one of the older ones in turn.
const rotation = besides(kubectls, process.env['KUBECTLS'] === 'all')

describe.skipIf(kubectls.length === 0)(
  kubectls.length === 0
    ? 'kubecred and kubectl (skipped: there is no kubectl)'
    : 'kubecred and kubectl',
  () => {
    for (const { theme, cases } of themes) {
      describe.concurrent(theme, () => {
        for (const one of cases) {
          const { title, skip } = canPlay(one)
          test.skipIf(skip)(title, async (context) => {
            expect(await play(one, rotation(), theatre, context)).toBeGreaterThan(0)
          })
        }
      })
    }
  },
)
