import { describe, expect, test } from 'vitest'

import { readRuns } from '../../src/testing/plugin-runs.ts'

const start = (run: string): string => `${JSON.stringify({ event: 'start', run, argv: [run] })}\n`

describe('readRuns', () => {
  test('reads the runs in order, each with what happened later in it', () => {
    const text =
      start('1/0') +
      start('1/1') +
      '{"event":"signal","run":"1/0","signal":"SIGTERM"}\n' +
      '{"event":"answer","run":"1/1","answer":"yes"}\n' +
      '{"event":"signal","run":"1/0","signal":"SIGINT"}\n'
    expect(readRuns(text)).toMatchObject([
      { argv: ['1/0'], received: ['SIGTERM', 'SIGINT'], answer: undefined },
      { argv: ['1/1'], received: [], answer: 'yes' },
    ])
  })

  test('passes over a line that is still being written, and news of a run that was forgotten', () => {
    expect(readRuns('')).toEqual([])
    expect(readRuns(`${start('1/0')}{"event":"sta`)).toHaveLength(1)
    expect(readRuns('{"event":"signal","run":"1/0","signal":"SIGTERM"}\n')).toEqual([])
  })
})
