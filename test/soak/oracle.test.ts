import { describe, expect, test } from 'vitest'

import { Oracle, type Failure } from '../../soak/oracle.ts'

const failure: Failure = {
  client: 'undici',
  operation: 'upload',
  trouble: 'lost',
  startedAt: 100,
  endedAt: 200,
}

function oracleOf(from: number, to: number | undefined): Oracle {
  const oracle = new Oracle()
  const excuses = [{ clients: ['undici'], operations: ['upload'], troubles: ['lost'] }] as const
  oracle.begin('a fault', excuses, from).endedAt = to
  return oracle
}

describe('the oracle', () => {
  test.each([
    ['while the request was under way', 120, 150],
    ['and still is', 150, undefined],
    ['before the request began, and on into it', 50, 100],
  ])('explains a failure by a fault that was felt %s', (_, from, to) => {
    expect(oracleOf(from, to).explain(failure)).toBe('a fault')
  })

  test.each([
    ['was over before the request began', 50, 99],
    ['began when the request had ended', 201, undefined],
  ])('does not explain it by a fault that %s', (_, from, to) => {
    expect(oracleOf(from, to).explain(failure)).toBeUndefined()
  })

  test.each([
    ['another client', { client: 'https' }],
    ['another operation', { operation: 'echo' }],
    ['another trouble', { trouble: 'status 401' }],
  ] as const)('does not explain that of %s', (_, other) => {
    expect(oracleOf(120, 150).explain({ ...failure, ...other })).toBeUndefined()
  })

  test.each(['wrong', 'hung', 'other'] as const)('explains nothing that is %s', (trouble) => {
    const oracle = new Oracle()
    const all = ['lost', 'cut', 'refused', 'credential', 'timeout', 'closed', 'aborted'] as const
    oracle.begin('everything', [{ troubles: all }], 0)
    expect(oracle.explain({ ...failure, trouble })).toBeUndefined()
  })

  test('explains nothing by a fault that nobody is to notice, but tells that it was felt', () => {
    const oracle = new Oracle()
    oracle.begin('a revocation', [], 120)
    expect(oracle.explain(failure)).toBeUndefined()
    expect(oracle.feltDuring(failure)).toEqual(['a revocation'])
  })

  test('explains by what takes long only what took longer', () => {
    const oracle = new Oracle()
    oracle.begin('slow', [{ troubles: ['lost'], longerThanMs: 99 }], 0)
    expect(oracle.explain(failure)).toBe('slow')
    expect(oracle.explain({ ...failure, startedAt: 101 })).toBeUndefined()
  })

  test('forgets what was over long ago', () => {
    const oracle = new Oracle(1000)
    oracle.begin('old', [{ troubles: ['lost'] }], 0).endedAt = 250
    oracle.begin('new', [], 2000)
    expect(oracle.explain(failure)).toBeUndefined()
  })
})
