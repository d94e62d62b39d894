import { expect, test } from 'vitest'

import { CommandError, usageError } from '../../src/cli/command-error.ts'
import { describeError, reportError } from '../../src/cli/report-error.ts'
import { KubecredError } from '../../src/doors/index.ts'
import { FakeTerminal } from './fake-terminal.ts'

test('what, why and what to do are a line each', () => {
  const error = new KubecredError('ERR_CONNECTION', 'no connection', {
    cause: new Error('outer', { cause: new Error('connect ECONNREFUSED\n127.0.0.1:1') }),
    hint: 'start the server',
  })
  const terminal = new FakeTerminal()
  expect(reportError(error, terminal)).toBe(1)
  expect(terminal.err).toBe(
    'error: no connection\ncause: connect ECONNREFUSED 127.0.0.1:1\nhint: start the server\n',
  )
})

test('a cause that says nothing new is left out', () => {
  const error = new CommandError('open /x: ENOENT', { cause: new Error('ENOENT') })
  expect(describeError(error)).toEqual({ what: 'open /x: ENOENT', why: undefined, hint: undefined })
})

test('several causes at once are told by the first', () => {
  const cause = new AggregateError([new Error('connect A'), new Error('connect B')], '')
  expect(describeError(new Error('no connection', { cause })).why).toBe('connect A')
})

test('causes that go in a circle come to an end', () => {
  const first = new Error('first')
  const second = new Error('second', { cause: first })
  first.cause = second
  expect(describeError(first).what).toBe('first')
})

test.each([
  ['a text', 'a text'],
  [undefined, 'undefined'],
])('%j can be thrown, too', (thrown, what) => {
  expect(describeError(thrown)).toEqual({ what, why: undefined, hint: undefined })
})

test('a mistake of the caller has an exit code of its own', () => {
  expect(reportError(usageError('no'), new FakeTerminal())).toBe(2)
})

test('what was put into a message cannot move the cursor', () => {
  expect(describeError(new Error('a\u001b[2Jb\u009b', { cause: new Error('c\u0007') }))).toEqual({
    what: 'a\uFFFD[2Jb\uFFFD',
    why: 'c\uFFFD',
    hint: undefined,
  })
})

test('there are colours where a person reads, and nowhere else', () => {
  const coloured = new FakeTerminal({ colour: true })
  reportError(new CommandError('no', { hint: 'yes' }), coloured)
  expect(coloured.err).toBe('\u001b[1;31merror:\u001b[0m no\n\u001b[33mhint:\u001b[0m yes\n')
})
