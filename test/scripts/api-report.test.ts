import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doorsOf } from '../../scripts/api/doors.ts'
import { reportDoor } from '../../scripts/api/report.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubecred-api-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('the report holds what a door exports and all that this mentions, without comments', () => {
  write(
    'room.d.ts',
    [
      "import type { Dispatcher } from 'undici'",
      "import { type Base as Root } from './base.ts'",
      '/** Gives it. */',
      'export declare function connect(options: Options): Dispatcher',
      'export interface Options extends Root {',
      '  /** How long. */',
      '  readonly timeoutMs: number',
      '}',
      'export type Unseen = 1',
    ].join('\n'),
  )
  write('base.d.ts', 'export interface Base { readonly a: 1 }')
  const door = write('door.d.ts', "export { connect as open } from './room.ts'\n")

  expect(reportDoor('kubecred/door', door).split('\n\n').slice(1)).toEqual([
    "import type { Dispatcher } from 'undici'",
    '// exported as open\nexport declare function connect(options: Options): Dispatcher',
    '// Not exported here, but mentioned above.',
    'export interface Base { readonly a: 1 }',
    'export interface Options extends Root {\n  readonly timeoutMs: number\n}\n',
  ])
})

test('a report is refused where a door exports everything', () => {
  const door = write('door.d.ts', "export * from './room.ts'\n")
  expect(() => reportDoor('kubecred', door)).toThrow('export *')
})

test('doors are the subpaths with types and a module', () => {
  const target = { types: './dist/a.d.ts', default: './dist/a.js' }
  const manifest = {
    name: 'kubecred',
    exports: { '.': target, './a': target, './package.json': 'x' },
  }
  expect(doorsOf(manifest).map(({ name }) => name)).toEqual(['kubecred', 'kubecred/a'])
  const broken = { name: 'kubecred', exports: { './a': { default: './a.js' } } }
  expect(() => doorsOf(broken)).toThrow('the export ./a needs "types" and "default"')
})
