import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  cleanFilePath,
  foldersOf,
  pathFault,
  visibleNameOf,
} from '../../src/projection/payload-path.ts'
import { checkedPayload, type Payload } from '../../src/projection/payload.ts'

function payload(...paths: string[]): Payload {
  return new Map(paths.map((path) => [path, { data: Buffer.from(path), mode: 0o600 }]))
}

describe('a path', () => {
  // The first seven, with their words, are the kubelet's own.
  test.each([
    ['', 'invalid path: must not be empty: ""'],
    ['/dev/null', 'invalid path: must be relative path: /dev/null'],
    ['a'.repeat(4097), 'invalid path: must be less than or equal to 4096 characters'],
    ['a'.repeat(256), 'invalid path: filenames must be less than or equal to 255 characters'],
    ['é'.repeat(128), 'invalid path: filenames must be less than or equal to 255 characters'],
    ['hello/../etc/odd', "invalid path: must not contain '..': hello/../etc/odd"],
    ['..sneaky.txt', "invalid path: must not start with '..': ..sneaky.txt"],
    ['./..data', "invalid path: must not start with '..': ./..data"],
    ['./', 'invalid path: must name a file: ./'],
    ['a\0b', 'invalid path: must not contain U+0000: aU+0000b'],
    ['/\u001b[2J', 'invalid path: must be relative path: /U+001B[2J'],
  ])('%j cannot be', (path, words) => {
    expect(pathFault(path)).toBe(words)
  })

  test.each(['a', '.a', 'a/..b', 'a..', 'a//b', './a', 'a/', 'a'.repeat(255), 'line\nend'])(
    '%j can be',
    (path) => {
      expect(pathFault(path)).toBeUndefined()
    },
  )

  test('that can be never leads out of the directory, nor to a name that the writer needs', () => {
    const part = fc.constantFrom('a', 'b', '.', '..', '', '..data', '...', '.b')
    const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(fc.oneof(path, fc.string()), (tried) => {
        if (pathFault(tried) !== undefined) return
        const clean = cleanFilePath(tried)
        const names = clean.split('/')
        expect(names.every((name) => !['', '.', '..'].includes(name))).toBe(true)
        expect(visibleNameOf(clean)).toBe(names[0])
        expect(visibleNameOf(clean).startsWith('..')).toBe(false)
        expect(pathFault(clean)).toBeUndefined()
        expect(cleanFilePath(clean)).toBe(clean)
        expect(foldersOf(clean)).toHaveLength(names.length - 1)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a payload', () => {
  test('is a copy, clean and in order', () => {
    const data = Buffer.from('one')
    const given = new Map([
      ['b//c', { data, mode: 0o600, uid: 1, gid: 2 }],
      ['a', { data, mode: 0o644 }],
    ])
    const checked = checkedPayload(given)
    data.fill('x')
    expect([...checked.keys()]).toEqual(['a', 'b/c'])
    expect(checked.get('b/c')).toEqual({
      data: Uint8Array.from(Buffer.from('one')),
      mode: 0o600,
      uid: 1,
      gid: 2,
    })
  })

  test.each([
    [payload('a/b', 'a//b'), 'conflicting duplicate paths: a/b'],
    [payload('a/b/c', 'a/b'), 'conflicting paths: a/b and a/b/c'],
    [payload('../a'), "invalid path: must not contain '..': ../a"],
  ])('with paths that exclude each other cannot be (%#)', (given, message) => {
    expect(() => checkedPayload(given)).toThrow(
      expect.objectContaining({ code: 'ERR_PROJECTION_INVALID', message }),
    )
  })

  test.each([
    [{ mode: 0o1000 }, '"mode" must be a number between 0 and 0o777, not 512'],
    [{ mode: -1 }, '"mode" must be'],
    [{ mode: 0.5 }, '"mode" must be'],
    [{ mode: 0, uid: -1 }, '"uid" must be a user or group id, not -1'],
    [{ mode: 0, gid: 2 ** 32 }, '"gid" must be'],
  ])('with numbers that are none is a mistake: %j', (numbers, words) => {
    const given = new Map([['a', { data: new Uint8Array(), ...numbers }]])
    expect(() => checkedPayload(given)).toThrow(TypeError)
    expect(() => checkedPayload(given)).toThrow(words)
  })
})
