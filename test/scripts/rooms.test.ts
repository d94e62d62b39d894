import { describe, expect, test } from 'vitest'
import { checkFile } from '../../scripts/rooms/check.ts'
import { allowedRooms } from '../../scripts/rooms/direction.ts'
import { formatViolation } from '../../scripts/rooms/violation.ts'

const root = ['', 'srv', 'checkout', 'kubecred'].join('/')

function rulesBroken(path: string, text: string): string[] {
  return checkFile(path, text, root).map(({ line, rule }) => `${line} ${rule}`)
}

describe('import direction', () => {
  test('lets a file import its own room and the rooms below', () => {
    const text = "import '../errors/codes.ts'\nimport './other.ts'\nimport '../exec/provider.ts'\n"
    expect(rulesBroken('src/connect/connect.ts', text)).toEqual([])
  })

  test.each([
    ['src/errors/codes.ts', "import '../events/channels.ts'"],
    ['src/exec/provider.ts', "import '../kubeconfig/merge.ts'"],
    ['src/testing/server.ts', "import '../exec/provider.ts'"],
    ['src/cli/main.ts', "import '../exec/provider.ts'"],
    ['src/credential/renewer.ts', "import '../api/json.ts'"],
    ['src/api/json.ts', "import type { A } from '../doors/https.ts'"],
    ['src/api/json.ts', "export { a } from '../doors/https.ts'"],
    ['src/api/json.ts', "await import('../doors/https.ts')"],
    ['src/api/json.ts', "type A = import('../doors/https.ts').A"],
    ['src/api/json.ts', "import '../../test/api/json.ts'"],
  ])('refuses what leads up or sideways: %s: %s', (path, text) => {
    expect(rulesBroken(path, text)).toEqual(['1 import direction'])
  })

  test('wants every file of src in a room', () => {
    expect(rulesBroken('src/main.ts', '')).toEqual(['1 import direction'])
    expect(rulesBroken('src/attic/box.ts', '')).toEqual(['1 import direction'])
  })

  test('gives each room itself and what lies below', () => {
    expect(allowedRooms('errors')).toEqual(['errors'])
    expect(allowedRooms('api')).toEqual(['api', 'errors', 'events', 'host', 'encoding'])
    expect(allowedRooms('credential')).toEqual([
      'credential',
      'errors',
      'events',
      'host',
      'encoding',
    ])
    expect(allowedRooms('cli')).toEqual(['cli', 'doors', 'proxy', 'api', 'host'])
  })
})

describe('package imports', () => {
  test.each([
    ['src/cli/output-format.ts', "await import('yaml')"],
    ['src/cli/output-format.ts', "import type { Document } from 'yaml'"],
    ['src/transport/undici-stack.ts', "import { Agent } from 'undici'"],
    ['src/cli/program.ts', "import { Command } from 'commander'"],
    ['src/exec/run-plugin.ts', "import { spawn } from 'node:child_process'"],
    ['src/file/token-file.ts', "import { readFile } from 'node:fs/promises'"],
    ['test/exec/provider.test.ts', "import { parse } from 'yaml'"],
  ])('are welcome where they belong: %s: %s', (path, text) => {
    expect(rulesBroken(path, text)).toEqual([])
  })

  test.each([
    ['src/cli/output-format.ts', "import { parse } from 'yaml'"],
    ['src/kubeconfig/merge.ts', "await import('yaml')"],
    ['src/transport/origin.ts', "import { Agent } from 'undici'"],
    ['src/file/token-file.ts', "import { readFile } from 'fs/promises'"],
    ['src/file/token-file.ts', "import { exec } from 'node:child_process'"],
    ['src/api/json.ts', "import { z } from '@scope/other/deep'"],
  ])('are refused elsewhere: %s: %s', (path, text) => {
    expect(rulesBroken(path, text)).toEqual(['1 package import'])
  })
})

describe('ambient state', () => {
  test.each([
    'process.env',
    'process.env.HOME',
    'Date.now()',
    'new Date()',
    'Math.random()',
    'setTimeout(f, 1)',
    'AbortSignal.timeout(1)',
    "import 'node:timers/promises'",
  ])('is not read in a room that has no business with it: %s', (text) => {
    expect(rulesBroken('src/exec/policy.ts', text)).toEqual(['1 ambient state'])
  })

  test('has its homes', () => {
    expect(rulesBroken('src/host/host.ts', 'process.env')).toEqual([])
    expect(rulesBroken('src/credential/clock.ts', 'Date.now(); setTimeout(f)')).toEqual([])
    expect(rulesBroken('src/exec/policy.ts', 'new Date(5); clock.setTimeout(f)')).toEqual([])
    expect(rulesBroken('test/exec/policy.test.ts', 'process.env')).toEqual([])
  })
})

describe('names and lengths', () => {
  test.each([
    'src/api/utils.ts',
    'src/api/types.d.ts',
    'test/helpers/server.ts',
    'src/api/index.ts',
  ])('refuses %s', (path) => {
    expect(rulesBroken(path, '')).toEqual(['1 file name'])
  })

  test('asks for kebab-case', () => {
    expect(rulesBroken('src/api/goJson.ts', '')).toEqual(['1 file name'])
    expect(rulesBroken('test/api/go-json.test.ts', '')).toEqual([])
  })

  test('stops files of src at 250 lines', () => {
    expect(rulesBroken('src/api/json.ts', '\n'.repeat(249) + 'f()')).toEqual([])
    expect(rulesBroken('src/api/json.ts', '\n'.repeat(250) + 'f()')).toEqual(['251 file length'])
  })
})

describe('exports', () => {
  test('need a doc comment with a short first line', () => {
    expect(rulesBroken('src/api/json.ts', '/** Gives a. */\nexport const a = 1')).toEqual([])
    expect(rulesBroken('src/api/json.ts', '// a\nexport const a = 1')).toEqual(['2 export'])
    const long = `/** ${'x'.repeat(101)} */\nexport const a = 1`
    expect(rulesBroken('src/api/json.ts', long)).toEqual(['2 export'])
  })

  test('share one comment among the signatures of a function', () => {
    const text = '/** F. */\nexport function f(a: 1): 1\nexport function f(a: 2): 2\n'
    expect(rulesBroken('src/api/json.ts', text)).toEqual([])
  })

  test('are listed one by one', () => {
    expect(rulesBroken('src/doors/https.ts', "export * from './undici.ts'")).toEqual(['1 export'])
    expect(rulesBroken('src/doors/index.ts', "export { a } from '../api/json.ts'")).toEqual([])
    expect(rulesBroken('src/doors/index.ts', '/** A. */ export const a = 1')).toEqual(['1 export'])
  })
})

describe('escapes', () => {
  test('from the compiler are refused, but for type tests', () => {
    // Put together, or this file would break the rule.
    const directive = (name: string): string => `// @${name}\nf()`
    expect(rulesBroken('src/api/json.ts', directive('ts-ignore'))).toEqual(['1 escape'])
    expect(rulesBroken('test/api/json.test.ts', directive('ts-expect-error'))).toEqual(['1 escape'])
    expect(rulesBroken('test/doors/undici.test-d.ts', directive('ts-expect-error'))).toEqual([])
  })

  test('by a cast need a reason, but for `as const`', () => {
    expect(rulesBroken('src/api/json.ts', 'f(a as B)')).toEqual(['1 escape'])
    expect(rulesBroken('src/api/json.ts', '// It is one.\nf(a as B)\nf(a as const)')).toEqual([])
    expect(rulesBroken('test/api/json.test.ts', 'f(a as B)')).toEqual([])
  })

  test('from the linter need a reason', () => {
    const off = '/* oxlint-disable-next-line no-control-regex'
    expect(rulesBroken('src/api/json.ts', `${off} */\nf()`)).toEqual(['1 escape'])
    expect(rulesBroken('src/api/json.ts', `${off} -- it is about them */\nf()`)).toEqual([])
  })

  test.each(["vi.mock('./a.ts')", "test.only('a', f)", "describe.skip('a', f)", "it.todo('a')"])(
    'from the tests are refused: %s',
    (text) => {
      expect(rulesBroken('test/api/json.test.ts', text)).toEqual(['1 escape'])
    },
  )
})

describe('machine paths', () => {
  const path = (...parts: string[]): string => ['', ...parts].join('/')

  test.each([
    `see ${path('home', 'somebody', 'notes')}`,
    `see ${path('root', 'notes')}`,
    `cd ${path('work', 'project')}`,
    `C:${path('Users', 'somebody')}`,
    `at ${root}/src`,
    '[map](../elsewhere/map.md)',
  ])('are found: %s', (text) => {
    expect(rulesBroken('README.md', text)).toEqual(['1 machine path'])
  })

  test('are not confused with examples, URLs and what is inside', () => {
    const text = `${path('home', 'me', '.kube')} https://example.com/team/x ../kubecred`
    expect(rulesBroken('docs/more/page.md', text)).toEqual([])
  })
})

test('a violation tells the place, the rule and the reason on one line', () => {
  const [violation] = checkFile('src/api/json.ts', "import 'undici'", root)
  expect(violation && formatViolation(violation)).toBe(
    'src/api/json.ts:1: package import: ' +
      'undici may be imported only in src/transport/undici*.ts, src/http1/*.ts, src/http2/*.ts, src/doors/undici.ts',
  )
})
