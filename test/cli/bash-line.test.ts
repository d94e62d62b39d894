import { describe, expect, test } from 'vitest'

import { bashQuoted, readBashLine } from '../../src/cli/bash-line.ts'
import { installed } from '../testing/installed.ts'
import { runCommand } from '../testing/run-command.ts'

const breaks = ' \t\n"\'@><=;|&(:'

describe('a line is read as bash reads it', () => {
  test.each<readonly [line: string, finished: readonly string[], current: string]>([
    ['', [], ''],
    ['kubecred', [], 'kubecred'],
    ['kubecred ', ['kubecred'], ''],
    ['kubecred  a\tb', ['kubecred', 'a'], 'b'],
    ['kubecred a:b --x=y z', ['kubecred', 'a:b', '--x=y'], 'z'],
    [`k 'a b' "c d"e f`, ['k', 'a b', 'c de'], 'f'],
    [`k a\\ b '\\' "\\"" "\\n" `, ['k', 'a b', '\\', '"', '\\n'], ''],
    [`k '' ""`, ['k', ''], ''],
    [`k 'a b`, ['k'], 'a b'],
    ['k "a\\', ['k'], 'a\\'],
    ['k a\\', ['k'], 'a'],
    ['k $(touch x) `y`', ['k', '$(touch', 'x)'], '`y`'],
  ])('%s', (line, finished, current) => {
    expect(readBashLine(line, breaks)).toMatchObject({ finished, current })
  })
})

describe('what bash replaces begins', () => {
  test.each<readonly [line: string, before: number, quote: string]>([
    ['k abc', 0, ''],
    ['k --context=abc', 10, ''],
    ['k arn:aws:abc', 8, ''],
    ['k a\\:bc', 0, ''],
    ['k "a b', 0, '"'],
    ['k --context="a:b', 10, '"'],
    ["k x 'a", 0, "'"],
    ['k a=b c', 0, ''],
  ])('in %s after %i', (line, before, quote) => {
    expect(readBashLine(line, breaks)).toMatchObject({ before, quote })
  })

  test('where COMP_WORDBREAKS says', () => {
    expect(readBashLine('k arn:aws=x', ' ').before).toBe(0)
  })
})

const values = [
  'plain',
  'arn:aws:eks:eu-1:1:cluster/x',
  'a b',
  `it's`,
  'a"$b`c\\d!',
  '~x',
  '*?[]',
  'ü€',
]

describe('a quoted value reads as itself', () => {
  test.each(values)('%s', (value) => {
    for (const quote of ['', '"', "'"]) {
      const line = `k ${quote}${bashQuoted(value, quote)}${quote} `
      expect(readBashLine(line, breaks).finished).toEqual(['k', value])
    }
  })

  const bash = installed('bash', '-c', 'true')
  const why = bash ? '' : ' (skipped: bash is not installed)'
  test.skipIf(!bash)(`to bash, too${why}`, async () => {
    for (const quote of ['', '"', "'"]) {
      const words = values.map((value) => `${quote}${bashQuoted(value, quote)}${quote}`)
      const { stdout } = await runCommand('bash', ['-c', `printf '%s\\n' ${words.join(' ')}`])
      expect(stdout.split('\n').slice(0, -1)).toEqual(values)
    }
  })

  test('with nothing but what needs it', () => {
    expect(bashQuoted('arn:aws:eks:eu-1:1:cluster/x', '')).toBe('arn:aws:eks:eu-1:1:cluster/x')
  })
})
