import { describe, expect, test } from 'vitest'

import { strategicMergePatch } from '../../src/testing/strategic-merge-patch.ts'

describe('strategicMergePatch', () => {
  test.each([
    [{ a: { b: 1, c: 2 } }, { a: { b: 3 } }, { a: { b: 3, c: 2 } }],
    [{ a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    [{ a: 1 }, { a: null }, {}],
    [{}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
    [{ a: { b: 1, c: 2 } }, { a: { $patch: 'replace', d: 3 } }, { a: { d: 3 } }],
    [{ a: { b: 1 }, c: 2 }, { a: { $patch: 'delete' } }, { c: 2 }],
    [{ a: { b: 1 } }, { a: { $retainKeys: ['b'], b: 2 } }, { a: { b: 2 } }],
    [{ a: [1] }, { '$setElementOrder/a': [2], a: [2] }, { a: [2] }],
    [1, 2, 2],
  ])('makes of %j with %j: %j', (target, patch, expected) => {
    expect(strategicMergePatch(target, patch)).toEqual(expected)
  })

  test('takes a key by the name of a prototype for a key', () => {
    const merged = strategicMergePatch({}, Object.fromEntries([['__proto__', { a: 1 }]]))
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1}}')
  })
})
