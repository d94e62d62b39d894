import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { describe, expect, test } from 'vitest'

import { collectTitles, isThere } from '../../scripts/behaviour/test-titles.ts'
import { goModuleFolder } from '../../scripts/upstream/go-module.ts'
import { goTests } from '../../scripts/upstream/go-tests.ts'
import { authenticator } from './manifest/authenticator.ts'
import { isTwin, type Twin, type UpstreamTests } from './manifest/entry.ts'
import { kubeconfig } from './manifest/kubeconfig.ts'
import { restConfig } from './manifest/rest-config.ts'
import { retries } from './manifest/retries.ts'
import { tokenManager } from './manifest/token-manager.ts'
import { transport } from './manifest/transport.ts'

const root = resolve(import.meta.dirname, '../..')
const manifest: readonly UpstreamTests[] = [
  ...authenticator,
  ...restConfig,
  ...retries,
  ...transport,
  ...kubeconfig,
  ...tokenManager,
]
const listed = manifest.flatMap(({ file, tests }) =>
  Object.entries(tests).flatMap(([name, twins]) =>
    isTwin(twins)
      ? [{ id: `${file} ${name}`, twin: twins }]
      : Object.entries(twins).map(([each, twin]) => ({ id: `${file} ${name} ${each}`, twin })),
  ),
)

test(
  'every twin is a test of this suite, and where there is none a reason stands',
  { timeout: 120_000 },
  () => {
    const references = listed.flatMap(({ twin }) => (typeof twin === 'string' ? [twin] : []))
    const titles = collectTitles(references, root)
    expect(
      listed.filter(({ twin }) => !isAnswer(twin, (reference) => isThere(reference, titles))),
    ).toEqual([])
  },
)

function isAnswer(twin: Twin, exists: (reference: string) => boolean): boolean {
  return typeof twin === 'string' ? exists(twin) : twin.none.length > 10
}

describe.each(['client-go', 'kubernetes'] as const)('the tests of %s', (upstreamModule) => {
  const folder = goModuleFolder(upstreamModule, root)
  const own = manifest.filter(({ module = 'client-go' }) => module === upstreamModule)
  const skipped = folder === undefined ? ` (skipped: no sources of ${upstreamModule} here)` : ''

  test.skipIf(folder === undefined).each(own)(
    `in $file all have a twin or a reason, and the list names no other${skipped}`,
    ({ file, tests }) => {
      const source = readFileSync(join(folder ?? '', file), 'utf8')
      const upstream = goTests(source)
      const unanswered = upstream.flatMap(({ name, cases }) => {
        const twins = tests[name]
        if (twins === undefined) return [name]
        if (!isTwin(twins))
          return cases.filter((each) => twins[each] === undefined).map((each) => `${name}/${each}`)
        // A reason, or a test with a table in it, may stand for all cases at once.
        return []
      })
      const known = new Map(upstream.map(({ name, cases }) => [name, cases]))
      const gone = Object.entries(tests).flatMap(([name, twins]) => {
        const cases = known.get(name)
        if (cases === undefined) return [name]
        if (isTwin(twins)) return []
        return Object.keys(twins)
          .filter((each) => !cases.includes(each))
          .map((each) => `${name}/${each}`)
      })
      expect({ unanswered, gone }).toEqual({ unanswered: [], gone: [] })
    },
  )
})
