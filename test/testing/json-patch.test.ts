import { describe, expect, test } from 'vitest'

import type { JsonValue } from '../../src/api/json.ts'
import { JsonPatchError, jsonPatch } from '../../src/testing/json-patch.ts'

type Case = readonly [target: JsonValue, patch: JsonValue, expected: JsonValue]

describe('jsonPatch', () => {
  // The cases of RFC 6902, appendix A, and those next to them.
  const good: readonly Case[] = [
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['a', 'b'] }, [{ op: 'add', path: '/foo/1', value: 'c' }], { foo: ['a', 'c', 'b'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/1', value: 'b' }], { foo: ['a', 'b'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/-', value: ['b'] }], { foo: ['a', ['b']] }],
    [{ foo: 1 }, [{ op: 'add', path: '/foo', value: 2 }], { foo: 2 }],
    [{ foo: 1 }, [{ op: 'add', path: '', value: 2 }], 2],
    [{ foo: 1 }, [{ op: 'add', path: '/a', value: null }], { foo: 1, a: null }],
    [{ foo: 1, bar: 2 }, [{ op: 'remove', path: '/bar' }], { foo: 1 }],
    [{ foo: ['a', 'b'] }, [{ op: 'remove', path: '/foo/0' }], { foo: ['b'] }],
    [{ a: { b: 1 } }, [{ op: 'replace', path: '/a/b', value: 2 }], { a: { b: 2 } }],
    [{ a: [1, 2] }, [{ op: 'replace', path: '/a/1', value: 3 }], { a: [1, 3] }],
    [{ a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    [{ a: [1, 2, 3] }, [{ op: 'move', from: '/a/0', path: '/a/2' }], { a: [2, 3, 1] }],
    [{ a: { b: [1] } }, [{ op: 'copy', from: '/a/b', path: '/c' }], { a: { b: [1] }, c: [1] }],
    [{ a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }], { a: { b: [1] } }],
    [{ 'a/b': 1, 'm~n': 2 }, [{ op: 'remove', path: '/a~1b' }], { 'm~n': 2 }],
    [{ '~1': 1 }, [{ op: 'test', path: '/~01', value: 1 }], { '~1': 1 }],
    [{}, [], {}],
  ]
  test.each(good)('makes of %j with %j: %j', (target, patch, expected) => {
    expect(jsonPatch(target, patch)).toEqual(expected)
  })

  const bad: readonly JsonValue[] = [
    {},
    ['add'],
    [{ op: 'no such thing', path: '' }],
    [{ op: 'add', path: '/x' }],
    [{ op: 'add', value: 1 }],
    [{ op: 'add', path: 'x', value: 1 }],
    [{ op: 'add', path: '/no/x', value: 1 }],
    [{ op: 'add', path: '/list/4', value: 1 }],
    [{ op: 'add', path: '/list/01', value: 1 }],
    [{ op: 'add', path: '/text/x', value: 1 }],
    [{ op: 'add', path: '/toString/x', value: 1 }],
    [{ op: 'remove', path: '/x' }],
    [{ op: 'remove', path: '/list/3' }],
    [{ op: 'remove', path: '/list/-' }],
    [{ op: 'replace', path: '/x', value: 1 }],
    [{ op: 'move', from: '/x', path: '/y' }],
    [{ op: 'copy', path: '/y' }],
    [{ op: 'test', path: '/text', value: 'b' }],
    [{ op: 'test', path: '/list', value: [1, 2] }],
  ]
  test.each(bad)('refuses %j', (patch) => {
    const target = { text: 'a', list: [1, 2, 3] }
    expect(() => jsonPatch(target, patch)).toThrow(JsonPatchError)
    expect(target).toEqual({ text: 'a', list: [1, 2, 3] })
  })

  test('does what comes first, and nothing when a later step fails', () => {
    const steps = [
      { op: 'add', path: '/a', value: 1 },
      { op: 'test', path: '/a', value: 1 },
      { op: 'move', from: '/a', path: '/b' },
    ]
    expect(jsonPatch({}, steps)).toEqual({ b: 1 })
    expect(() => jsonPatch({}, [...steps, { op: 'remove', path: '/a' }])).toThrow(
      '"a" is not there',
    )
  })

  test('takes a key by the name of a prototype for a key', () => {
    const patched = jsonPatch({}, [{ op: 'add', path: '/__proto__', value: { a: 1 } }])
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"a":1}}')
  })
})
