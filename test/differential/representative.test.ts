import { afterAll, describe, expect, test } from 'vitest'

import { temporaryFolder } from '../testing/temporary-folder.ts'
import { themes } from './cases/themes.ts'
import { findKubectls } from './kubectls.ts'
import { play } from './play.ts'
import { kubecredFromSource } from './programs.ts'
import { canPlay } from './rotation.ts'
import { ServerPool } from './servers.ts'

// A few of what `npm run test:differential` plays in full.
const chosen = new Set([
  'v1beta1, no mode, a terminal as standard input, with cluster info',
  'v1, Always, the null device as standard input',
  'an extension: characters that Go escapes',
  'a path that is relative to the kubeconfig',
  'a name that is nowhere, with a hint',
  'arguments: what a shell would read',
  'a token and an empty pair, with an end to come',
  'a certificate and a token, and a plugin',
  'a certificate in files, no plugin',
  '401 once, and a plugin that gives another token',
  'a plugin that says why on standard error',
  'flags: --as=carol --as-group=devs --as-group=ops --as-uid=42',
  'IfAvailable: a line that a plugin reads from its input',
])

const [newest] = await findKubectls({ build: false })
const pool = new ServerPool()
const theatre = { kubecred: kubecredFromSource, pool, folder: temporaryFolder() }
const cases = themes.flatMap((theme) => theme.cases).filter(({ name }) => chosen.has(name))
const title = 'kubecred and kubectl, in a few cases'

afterAll(async () => {
  await pool.close()
})

describe.skipIf(newest === undefined)(
  newest === undefined ? `${title} (skipped: there is no kubectl)` : title,
  () => {
    for (const one of cases) {
      const { title: promise, skip } = canPlay(one)
      test.skipIf(skip)(`agree on ${promise}`, async (context) => {
        const kubectls = newest === undefined ? [] : [newest]
        expect(await play(one, kubectls, theatre, context)).toBe(1)
      })
    }
  },
)

test('every chosen case is there', () => {
  expect(cases.map(({ name }) => name).toSorted()).toEqual([...chosen].toSorted())
})
