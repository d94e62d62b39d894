import { describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import {
  authorize,
  gettingCredentials,
  impersonationHeaders,
} from '../../src/transport/authorize.ts'

const rules = { userAgent: 'agent', impersonation: ['Impersonate-User', 'bob'] }
const credential = createCredential({ token: 'abc' })
const added = ['authorization', 'Bearer abc', 'user-agent', 'agent', 'Impersonate-User', 'bob']

describe('authorize', () => {
  test.each([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty list', [], []],
    ['a flat list', ['A', '1', 'B', '2'], ['A', '1', 'B', '2']],
    [
      'a record with lists and numbers',
      { A: ['1', '2'], B: 3, C: undefined },
      ['A', '1', 'A', '2', 'B', '3'],
    ],
    ['pairs', new Map([['A', '1']]), ['A', '1']],
    ['a Headers object', new Headers({ A: '1' }), ['a', '1']],
    [
      'a list of pairs',
      [
        ['A', '1'],
        ['B', undefined],
      ] as const,
      ['A', '1'],
    ],
  ])('adds to %s what is missing', (_form, headers, own) => {
    expect(authorize(headers, credential, rules)).toEqual({
      headers: [...own, ...added],
      ownAuthorization: false,
    })
  })

  test.each(['authorization', 'Authorization', 'AUTHORIZATION'])('leaves a %s alone', (name) => {
    const { headers, ownAuthorization } = authorize({ [name]: 'Basic x' }, credential, rules)
    expect(ownAuthorization).toBe(true)
    expect(headers).toEqual([name, 'Basic x', 'user-agent', 'agent', 'Impersonate-User', 'bob'])
  })

  test('leaves a User-Agent and an Impersonate-User of the caller alone', () => {
    const own = ['User-Agent', 'mine', 'impersonate-user', 'carol']
    expect(authorize(own, credential, rules).headers).toEqual([
      ...own,
      'authorization',
      'Bearer abc',
    ])
  })

  test('adds no Authorization for a credential without one', () => {
    const { headers } = authorize(null, createCredential({}), { userAgent: 'a', impersonation: [] })
    expect(headers).toEqual(['user-agent', 'a'])
  })

  test('does not change what it was given', () => {
    const headers = ['A', '1']
    authorize(headers, credential, rules)
    expect(headers).toEqual(['A', '1'])
  })
})

describe('impersonationHeaders', () => {
  test('writes user, uid, groups and extra as client-go does', () => {
    const extra = { 'acme.com/Project': ['p1', 'p2'], 'a%b': ['c'] }
    expect(impersonationHeaders({ user: 'u', uid: '7', groups: ['g', 'h'], extra })).toEqual([
      ...['Impersonate-User', 'u', 'Impersonate-Uid', '7'],
      ...['Impersonate-Group', 'g', 'Impersonate-Group', 'h'],
      ...['Impersonate-Extra-acme.com%2FProject', 'p1'],
      ...['Impersonate-Extra-acme.com%2FProject', 'p2'],
      ...['Impersonate-Extra-a%25b', 'c'],
    ])
  })

  test('writes nothing without a user', () => {
    expect(impersonationHeaders(undefined)).toEqual([])
    expect(impersonationHeaders({ user: '', uid: '', groups: [], extra: {} })).toEqual([])
  })
})

describe('gettingCredentials', () => {
  test('puts the words of client-go before the message and keeps the rest', () => {
    const cause = new KubecredError('ERR_EXEC_NOT_FOUND', 'exec: executable x not found', {
      hint: 'install x',
      details: { command: 'x' },
    })
    const error = gettingCredentials(cause)
    expect(error).toMatchObject({
      code: 'ERR_EXEC_NOT_FOUND',
      message: 'getting credentials: exec: executable x not found',
      hint: 'install x',
      details: { command: 'x' },
      cause,
    })
  })

  test("passes on what is not Kubecred's", () => {
    const other = new Error('mine')
    expect(gettingCredentials(other)).toBe(other)
  })
})
