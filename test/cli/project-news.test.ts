import { expect, test } from 'vitest'

import { tellOfVolume } from '../../src/cli/project-news.ts'
import type { KubecredEvents } from '../../src/doors/index.ts'
import { publish } from '../../src/events/channels.ts'
import { FakeTerminal } from './fake-terminal.ts'

type Failed = KubecredEvents['kubecred:projection:failed']

function newsOf(failures: readonly Partial<Failed>[]): readonly string[] {
  const lines: string[] = []
  const terminal = new FakeTerminal()
  const stop = tellOfVolume(0, { say: (line) => lines.push(line), terminal }, () => undefined)
  for (const failure of failures) {
    publish('kubecred:projection:failed', () => {
      const what = { part: 'token', errorCode: undefined, message: 'no', hint: undefined } as const
      return { directory: '/run/a', ...what, retryInMs: 900, usable: true, ...failure }
    })
  }
  stop()
  return lines
}

const asBefore = '(tried again in 1 s; the files stay as they are)'

test('a failure is told with what to do about it, once for each way of failing', () => {
  const [one, other] = [{ message: 'one', hint: 'look' }, { message: 'other' }]
  expect(newsOf([one, other, one, other, { ...one, part: 'objects' }])).toEqual([
    `error: no new token: one ${asBefore}`,
    'hint: look',
    `error: no new token: other ${asBefore}`,
    `error: one ${asBefore}`,
    'hint: look',
  ])
})

test('before the first files it is told what is known of those that may be there', () => {
  expect(newsOf([{ usable: false }])).toEqual([
    'error: no new token: no (tried again in 1 s; this run has written nothing yet, files from before stay as they are)',
  ])
})

test('what a server says moves no cursor', () => {
  expect(newsOf([{ message: 'x\u001b[2J', hint: 'y\u001b[2J', part: 'objects' }])).toEqual([
    `error: x\uFFFD[2J ${asBefore}`,
    'hint: y\uFFFD[2J',
  ])
})
