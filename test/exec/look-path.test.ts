import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { lookPath } from '../../src/exec/look-path.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const first = join(scratch.path, 'first')
const second = join(scratch.path, 'second')
mkdirSync(first)
mkdirSync(second)
mkdirSync(join(first, 'folder'))
scratch.sh('first/both', '')
scratch.sh('second/both', '')
scratch.sh('second/late', '')
scratch.file('first/late', '')
scratch.sh('second/folder', '')

const host = {
  platform: 'linux',
  cwd: scratch.path,
  env: { PATH: `${first}:/no/such/folder:${second}` },
} as const

describe.skipIf(isWindows)('lookPath', () => {
  test('takes the first executable in PATH', async () => {
    expect(await lookPath('both', host)).toEqual({ kind: 'found', path: join(first, 'both') })
  })

  test.each(['late', 'folder'])('passes over what cannot be executed: %s', async (name) => {
    expect(await lookPath(name, host)).toEqual({ kind: 'found', path: join(second, name) })
  })

  test.each(['missing', '.', '..'])('finds no %s', async (name) => {
    expect(await lookPath(name, host)).toEqual({ kind: 'not-found' })
  })

  test('never looks in the current directory of its own accord', async () => {
    expect(await lookPath('late', { ...host, cwd: second, env: {} })).toEqual({ kind: 'not-found' })
  })

  test.each(['second', '.', ''])('refuses a hit through the relative entry %j', async (entry) => {
    const cwd = entry === 'second' ? scratch.path : second
    const env = { PATH: `/no/such/folder:${entry}:${second}` }
    expect(await lookPath('late', { ...host, cwd, env })).toEqual({
      kind: 'relative',
      path: join(entry, 'late'),
    })
  })

  test('looks in the folders of the program after PATH', async () => {
    const short = { ...host, env: { PATH: first } }
    const path = join(second, 'late')
    expect(await lookPath('late', short, [second])).toEqual({ kind: 'found', path })
    expect(await lookPath('both', short, [second])).toMatchObject({ path: join(first, 'both') })
  })

  test('takes a path as it is, whether or not it can be executed', async () => {
    const path = join(first, 'late')
    expect(await lookPath(path, host)).toEqual({ kind: 'found', path })
    expect(await lookPath('first/late', host)).toEqual({ kind: 'found', path })
  })

  test.each(['/no/such/plugin', 'first/late/below'])('finds no %s', async (command) => {
    expect(await lookPath(command, host)).toEqual({ kind: 'not-found' })
  })
})
