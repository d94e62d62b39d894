import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

import type { Entry, Theme } from '../../scripts/behaviour/entry.ts'
import { faultsOf } from '../../scripts/behaviour/faults.ts'
import { behaviourPage } from '../../scripts/behaviour/page.ts'
import { isThere } from '../../scripts/behaviour/test-titles.ts'
import { missingNames, readGoPlace } from '../../scripts/upstream/go-symbols.ts'
import { goTests } from '../../scripts/upstream/go-tests.ts'

const titles = new Map([
  ['a/b.test.ts', new Set(['group > does (this) well', 'group > reads 1 as 2'])],
])
const alone: Entry = {
  number: 301,
  guarantee: 'It does this.',
  tests: ['a/b.test.ts: group > does (this) well'],
}
const entry: Entry = { ...alone, upstream: 'client-go/rest: Config', since: '1.22' }
const theme = (...entries: readonly Entry[]): Theme => ({ title: 'One, two', hundreds: 3, entries })
const rows = new Set(['a-row'])

describe('an entry of BEHAVIOUR.md', () => {
  test('that has all it needs is in order', () => {
    expect(faultsOf([theme(entry)], titles, rows)).toEqual([])
    const better = { ...alone, better: ['a-row'] }
    expect(faultsOf([theme(better)], titles, rows)).toEqual([])
  })

  test.each<[fault: string, change: Partial<Entry>]>([
    ['no test proves it', { tests: [] }],
    [
      'there is no test "a/b.test.ts: group > is gone"',
      { tests: ['a/b.test.ts: group > is gone'] },
    ],
    ['there is no test "gone.test.ts: x"', { tests: ['gone.test.ts: x'] }],
    ['docs/DIFFERENCES.md has no row "b-row"', { better: ['b-row'] }],
    ['"now" is no version of Kubernetes, such as 1.22', { since: 'now' }],
    ['the guarantee is no sentence', { guarantee: 'does this' }],
  ])('is refused: %s', (fault, change) => {
    expect(faultsOf([theme({ ...entry, ...change })], titles, rows)).toEqual([`301: ${fault}`])
  })

  test('is refused when it names neither what it mirrors nor what is better', () => {
    const fault = '301: names neither what it mirrors nor what is better'
    expect(faultsOf([theme(alone)], titles, rows)).toEqual([fault])
  })

  test('has a number of its theme, above the one before it', () => {
    const foreign = { ...entry, number: 401 }
    expect(faultsOf([theme(foreign, entry, entry)], titles, rows)).toEqual([
      '401: the numbers of "One, two" begin with 3',
      '301: stands after a number that is not less',
      '301: stands after a number that is not less',
    ])
  })

  test('stands on the page with its upstream and its tests, and the tests with their entries', () => {
    const second = { ...alone, number: 302, better: ['a-row'] }
    const page = behaviourPage([theme(entry, second)])
    expect(page).toContain('- [One, two](#one-two): 301 on, 2 entries')
    expect(page).toContain(
      '### 301\n\nIt does this.\n\n- Upstream: `client-go/rest: Config`, since 1.22\n- Kubecred: the same\n' +
        '- Test: [a/b.test.ts](../test/a/b.test.ts): `group > does (this) well`\n',
    )
    expect(page).toContain('- Upstream: nothing of the kind\n')
    expect(page).toContain('- Kubecred: better: [`a-row`](DIFFERENCES.md)')
    expect(page).toContain('| [a/b.test.ts](../test/a/b.test.ts) | [301](#301), [302](#302) |')
  })
})

test.each([
  ['a/b.test.ts: group > does (this) well', true],
  ['a/b.test.ts: group > reads * as *', true],
  ['a/b.test.ts: * > does (this) *', true],
  ['a/b.test.ts: group > does .this. well', false],
  ['a/b.test.ts: group > reads * as 3', false],
  ['a/b.test.ts: group > does', false],
])('whether there is a test "%s": %s', (reference, there) => {
  expect(isThere(reference, titles)).toBe(there)
})

test('the cases of a Go test are found in its tables, and nowhere else', () => {
  const source = `package x

// func TestNot(t *testing.T) {
func TestTable(t *testing.T) {
	for _, tc := range []struct{ name string }{
		{
			name: "a \\"quoted\\" one",
		},
		{name: "on one line"},
	} {
		t.Run(tc.name, func(t *testing.T) {})
	}
	t.Run("written out", func(t *testing.T) {})
	data := \`
		"raw": {
			name: "no case"
	\`
}

func TestMap(t *testing.T) {
	cases := map[string]struct{}{
		"first": {},
		// "commented": {},
		"sec\\\`ond": {
			"deeper": {},
		},
	}
}

func TestNone(t *testing.T) {}

func helper() { name: "no test" }
`
  expect(goTests(source)).toEqual([
    { name: 'TestTable', cases: ['a "quoted" one', 'on one line', 'written out'] },
    { name: 'TestMap', cases: ['first', 'sec`ond'] },
    { name: 'TestNone', cases: [] },
  ])
})

describe('what an entry mirrors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubecred-go-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is looked for in the Go sources of its folder, and not in their tests', () => {
    writeFileSync(join(folder, 'a.go'), 'type Config struct { Dial func() }\nfunc New() {}')
    writeFileSync(join(folder, 'a_test.go'), 'func Helper() {}')
    const place = readGoPlace('client-go/: Config.Dial, New, Helper, Config.Gone, Ne')
    expect(place).toMatchObject({ module: 'client-go', folder: '' })
    expect(missingNames(place, folder)).toEqual(['Helper', 'Config.Gone', 'Ne'])
  })
})
