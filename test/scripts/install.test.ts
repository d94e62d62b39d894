import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubecred-install-'))
  mkdirSync(join(folder, 'scripts'))
  cpSync('scripts/install.mjs', join(folder, 'scripts', 'install.mjs'))
  // Stands for npm's own program: notes its arguments, and installs what is locked.
  writeFileSync(
    join(folder, 'npm-cli.js'),
    `const fs = require('node:fs')
     fs.writeFileSync('npm-arguments', process.argv.slice(2).join(' '))
     if (fs.existsSync('npm-fails')) { console.error('no network'); process.exit(7) }
     fs.mkdirSync('node_modules', { recursive: true })
     fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')`,
  )
  lock({
    '': { version: '1.0.0' },
    'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-a' },
  })
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function lock(packages: object, path = 'package-lock.json'): void {
  writeFileSync(join(folder, path), JSON.stringify({ packages }))
}

function install(): { status: number | null; stderr: string; ranNpm: boolean } {
  rmSync(join(folder, 'npm-arguments'), { force: true })
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', 'install.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: join(folder, 'npm-cli.js') },
  })
  return { status, stderr, ranNpm: existsSync(join(folder, 'npm-arguments')) }
}

test('the first run installs, the second finds nothing to do and says nothing', () => {
  expect(install()).toMatchObject({ status: 0, ranNpm: true })
  expect(readFileSync(join(folder, 'npm-arguments'), 'utf8')).toMatch(
    /^install --no-save --include=dev /,
  )
  expect(install()).toEqual({ status: 0, stderr: '', ranNpm: false })
})

test('a lock file that changed is installed again, and the one line says why', () => {
  install()
  lock({ 'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-b' } })
  const { status, stderr, ranNpm } = install()
  expect({ status, ranNpm }).toEqual({ status: 0, ranNpm: true })
  expect(stderr).toBe(
    'kubecred: installing the development packages (node_modules/yaml is not as locked), please wait\n',
  )
})

test('optional packages of other platforms are not missed', () => {
  install()
  lock({ 'node_modules/yaml': { version: '2.9.1', integrity: 'sha512-a' }, x: { optional: true } })
  expect(install()).toMatchObject({ status: 0, ranNpm: false })
})

test('an installation that fails shows the words of npm and ends with 1', () => {
  writeFileSync(join(folder, 'npm-fails'), '')
  const { status, stderr } = install()
  expect(status).toBe(1)
  expect(stderr).toContain('no network\nkubecred: npm install failed (exit code 7)')
})

test('a missing lock file is named', () => {
  install()
  rmSync(join(folder, 'package-lock.json'))
  expect(install()).toMatchObject({ status: 1, ranNpm: false })
})
