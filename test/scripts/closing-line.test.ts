import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

let folder = ''

beforeEach(() => {
  // Inside the repository, where vitest is found.
  mkdirSync('.cache', { recursive: true })
  folder = mkdtempSync(resolve('.cache', 'suite-'))
  const reporters = JSON.stringify(['default', resolve('scripts/suite/reporter.ts')])
  write('vitest.config.ts', `export default { test: { reporters: ${reporters} } }`)
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

function runSuite(): { status: number | null; stdout: string; stderr: string; last: string } {
  const args = [resolve('scripts/test.ts'), '--root', folder]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

test('a suite closes with its counts, broken files and hooks among the failures', () => {
  const head = "import { beforeAll, expect, test } from 'vitest'\n"
  write('good.test.ts', `${head}test('a', () => { expect(1).toBe(1) })\ntest.skip('b', () => {})`)
  write('bad.test.ts', `${head}test('a', () => { expect(1).toBe(2) })`)
  write('hook.test.ts', `${head}beforeAll(() => { throw new Error('no') })\ntest('a', () => {})`)
  write('broken.test.ts', "import './missing.ts'")
  const { status, last } = runSuite()
  expect(status).toBe(1)
  expect(last).toMatch(/^1 passed, 3 failed, [12] skipped$/)
})

test('a suite that passes, but prints a planted secret, fails', () => {
  write(
    'leak.test.ts',
    `import { expect, test } from 'vitest'
     test('a', () => { console.log('token: ${plantedSecret}-1'); expect(1).toBe(1) })`,
  )
  const { status, stderr, last } = runSuite()
  expect(status).toBe(1)
  expect(stderr).toContain('A planted secret')
  expect(last).toBe('1 passed, 1 failed, 0 skipped')
})

test('a suite without a test fails', () => {
  expect(runSuite()).toMatchObject({ status: 1, last: '0 passed, 1 failed, 0 skipped' })
})
