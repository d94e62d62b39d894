import { describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import {
  authorize,
  impersonationHeaders,
  type Impersonation,
} from '../../src/transport/authorize.ts'

// What client-go's tests of its header wrappers assert.

const rules = { userAgent: 'test', impersonation: [] }

test('a bearer token becomes a header, and the headers that were given stay as they are', () => {
  const given: string[] = []
  const { headers } = authorize(given, createCredential({ token: 'test' }), rules)
  expect(headers).toEqual(['authorization', 'Bearer test', 'user-agent', 'test'])
  expect(given).toEqual([])
})

test.each([
  ['user and password', 'pass'],
  ['a user without password', ''],
])('%s become a header of basic authentication', (_what, password) => {
  const credential = createCredential({ basic: { username: 'user', password } })
  const value = `Basic ${Buffer.from(`user:${password}`).toString('base64')}`
  expect(authorize([], credential, rules).headers.slice(0, 2)).toEqual(['authorization', value])
})

test('a User-Agent of the caller stays, and else there is ours', () => {
  const nobody = createCredential({})
  expect(authorize(['User-Agent', 'other'], nobody, rules).headers).toEqual(['User-Agent', 'other'])
  expect(authorize([], nobody, rules).headers).toEqual(['user-agent', 'test'])
})

describe('impersonation of', () => {
  const extra = { first: ['A', 'a'], second: ['B', 'b'] }
  const extraHeaders = [
    ...['Impersonate-Extra-first', 'A', 'Impersonate-Extra-first', 'a'],
    ...['Impersonate-Extra-second', 'B', 'Impersonate-Extra-second', 'b'],
  ]
  const groups = ['one', 'two']
  const groupHeaders = ['Impersonate-Group', 'one', 'Impersonate-Group', 'two']
  test.each<[what: string, whom: Partial<Impersonation>, headers: readonly string[]]>([
    [
      'everything',
      { uid: 'uid-a', groups, extra },
      ['Impersonate-Uid', 'uid-a', ...groupHeaders, ...extraHeaders],
    ],
    ['user, groups and extra', { groups, extra }, [...groupHeaders, ...extraHeaders]],
    ['user and UID', { uid: 'uid-a' }, ['Impersonate-Uid', 'uid-a']],
    [
      'an extra key with a slash',
      { extra: { 'test.example.com/thing.thing': ['A', 'a'] } },
      [
        ...['Impersonate-Extra-test.example.com%2Fthing.thing', 'A'],
        ...['Impersonate-Extra-test.example.com%2Fthing.thing', 'a'],
      ],
    ],
    [
      'an extra key that is escaped already',
      { extra: { 'test.example.com/thing.thing%20another.thing': ['A'] } },
      ['Impersonate-Extra-test.example.com%2Fthing.thing%2520another.thing', 'A'],
    ],
  ])('%s is as client-go writes it', (_what, whom, headers) => {
    const written = impersonationHeaders({ user: 'user', uid: '', groups: [], extra: {}, ...whom })
    expect(written).toEqual(['Impersonate-User', 'user', ...headers])
  })

  test.each([
    'alphabetical',
    'alph4num3r1c',
    'percent%20encoded',
    'almost%zzpercent%xxencoded',
    'example.com/percent%20encoded',
    'example.com/ᛒᚥᛏᛖᚥᚢとロビン',
    "abc123!#$+.-_*\\^`~|'",
    '@=:',
  ])('the extra key %s is read back by the server', (key) => {
    const [, , name = ''] = impersonationHeaders({
      user: 'user',
      uid: '',
      groups: [],
      extra: { [key]: ['x'] },
    })
    const escaped = name.slice('Impersonate-Extra-'.length)
    expect(escaped).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/u)
    expect(decodeURIComponent(escaped)).toBe(key)
  })
})
