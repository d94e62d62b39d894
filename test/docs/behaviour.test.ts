import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

import { checkBehaviour } from '../../scripts/behaviour/check.ts'
import { themes } from '../../scripts/behaviour/themes.ts'
import { goModuleFolder } from '../../scripts/upstream/go-module.ts'
import { missingNames, readGoPlace } from '../../scripts/upstream/go-symbols.ts'

const root = resolve(import.meta.dirname, '../..')
const entries = themes.flatMap((theme) => theme.entries)

test(
  'docs/BEHAVIOUR.md is what its entries say, and each of them has its tests',
  { timeout: 120_000 },
  () => {
    const { faults, isCurrent } = checkBehaviour(themes, root)
    expect(faults).toEqual([])
    expect(isCurrent, 'npm run behaviour:update').toBe(true)
  },
)

const modules = new Map(
  ['client-go', 'apimachinery', 'kubernetes'].map((name) => [name, goModuleFolder(name, root)]),
)
const absent = [...modules].filter(([, folder]) => folder === undefined).map(([name]) => name)
const skipped = absent.length === 0 ? '' : ` (skipped: no sources of ${absent.join(', ')} here)`

describe.skipIf(absent.length > 0)(`in the sources of Kubernetes${skipped}`, () => {
  test('there is everything that an entry says it mirrors', () => {
    const lost = entries.flatMap(({ number, upstream }) => {
      if (upstream === undefined) return []
      const place = readGoPlace(upstream)
      const folder = modules.get(place.module)
      if (folder === undefined) return [`${number}: ${upstream}`]
      return missingNames(place, folder).map((name) => `${number}: ${name}`)
    })
    expect(lost).toEqual([])
  })
})
