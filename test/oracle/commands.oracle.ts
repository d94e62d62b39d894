import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { lookPath } from '../../src/exec/look-path.ts'
import { cleanPath } from '../../src/api/go-path.ts'
import { isBareName } from '../../src/exec/search-places.ts'
import { thisHost } from '../../src/host/host.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Oracle } from './ask.ts'
import { runs } from './runs.ts'

const part = fc.constantFrom('a', 'b', '.', '..', '', '...', 'a b', '~', 'é', '\\', '-', ':')
const command = fc
  .tuple(
    fc.constantFrom('', '/', './', '../', '//'),
    fc.array(part, { maxLength: 5 }),
    fc.constantFrom('', '/'),
  )
  .map(([start, parts, end]) => start + parts.join('/') + end)

const name = fc.constantFrom(
  'plugin',
  'plain',
  'folder',
  'link',
  'dangling',
  'late',
  'missing',
  'unreadable',
)

describe.skipIf(!hasOracle())(besideClientGo('beside client-go'), () => {
  const oracle = new Oracle()
  const folder = temporaryFolder()
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  for (const place of [first, second]) mkdirSync(place)
  for (const file of ['plugin', 'plain', 'unreadable'])
    writeFileSync(join(first, file), '#!/bin/sh\n')
  for (const file of ['plugin', 'late', 'plain']) writeFileSync(join(second, file), '#!/bin/sh\n')
  mkdirSync(join(first, 'folder'))
  symlinkSync(join(second, 'late'), join(first, 'link'))
  symlinkSync(join(second, 'nothing'), join(first, 'dangling'))
  for (const file of ['first/plugin', 'second/plugin', 'second/late', 'second/plain']) {
    chmodSync(join(folder, file), 0o755)
  }
  chmodSync(join(first, 'unreadable'), 0o111)

  const here = process.cwd()
  const place = fc.constantFrom(
    first,
    second,
    `${first}/`,
    '',
    '.',
    'src',
    '/nonexistent',
    relative(here, second),
  )
  const searched = fc.array(place, { maxLength: 4 }).map((places) => places.join(':'))

  async function theirs(asked: string, path_: string): Promise<Record<string, unknown>> {
    const { value, panic } = await oracle.ask({ command: { command: asked, path: path_ } })
    if (panic !== undefined) throw new Error(panic)
    // The oracle's values.go gives these fields.
    return value as Record<string, unknown>
  }

  test('any command is cleaned alike', async () => {
    await fc.assert(
      fc.asyncProperty(command, async (asked) => {
        expect(cleanPath(asked, 'linux')).toBe((await theirs(asked, ''))['clean'])
      }),
      runs(2000),
    )
  })

  test('any bare name is found in the same place, or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(name, searched, async (asked, path_) => {
        expect(isBareName(asked, 'linux')).toBe(true)
        const host = { ...thisHost(), env: { PATH: path_ }, cwd: here }
        const ours = await lookPath(asked, host)
        const { kind, path: found } = await theirs(asked, path_)
        const path = kind === 'found' ? { path: resolve(String(found)) } : {}
        expect(ours).toMatchObject({ kind, ...path })
      }),
      runs(2000),
    )
  })
})
