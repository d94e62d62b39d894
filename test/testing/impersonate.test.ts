import { describe, expect, test } from 'vitest'

import { impersonate } from '../../src/testing/impersonate.ts'

const root = { name: 'root', groups: ['system:masters'] }

describe('impersonate', () => {
  test('leaves the user as he is without the headers', () => {
    expect(impersonate(root, ['Accept', 'impersonate-user'])).toBe(root)
  })

  test('reads user, uid, groups and extras, repeated or escaped', () => {
    const headers = [
      'Impersonate-User',
      'joe',
      'impersonate-uid',
      '7',
      'Impersonate-Group',
      'a',
      'IMPERSONATE-GROUP',
      'b',
      'Impersonate-Extra-scopes',
      'x',
      'Impersonate-Extra-Scopes',
      'y',
      'Impersonate-Extra-acme.com%2fproject',
      'z',
      'Impersonate-Extra-%zz',
      'odd',
    ]
    expect(impersonate(root, headers)).toEqual({
      name: 'joe',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { scopes: ['x', 'y'], 'acme.com/project': ['z'], '%zz': ['odd'] },
    })
  })

  test('asks for a user', () => {
    expect(impersonate(root, ['Impersonate-Group', 'a'])).toMatchObject({ statusCode: 400 })
  })
})
