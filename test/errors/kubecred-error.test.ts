import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { asError, KubecredError, messageOf, systemCodeOf } from '../../src/errors/kubecred-error.ts'

describe('KubecredError', () => {
  const cause = new Error('underneath')
  const error = new KubecredError('ERR_EXEC_FAILED', 'exec: failed', {
    cause,
    hint: 'log in',
    details: { command: 'aws', exitCode: 3 },
  })

  test('carries code, message, cause, hint and details', () => {
    expect(error).toMatchObject({
      code: 'ERR_EXEC_FAILED',
      message: 'exec: failed',
      hint: 'log in',
    })
    expect(error.cause).toBe(cause)
    expect(error.details).toEqual({ command: 'aws', exitCode: 3 })
  })

  test('is an Error that says its name', () => {
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe('KubecredError: exec: failed')
    expect(error.stack).toContain('kubecred-error.test.ts')
  })

  test('has no cause unless one was given, undefined included', () => {
    expect('cause' in new KubecredError('ERR_CLOSED', 'closed')).toBe(false)
    const thrownUndefined = new KubecredError('ERR_CLOSED', 'closed', { cause: undefined })
    expect('cause' in thrownUndefined).toBe(true)
  })

  test('has empty details and no hint when none were given', () => {
    const plain = new KubecredError('ERR_CLOSED', 'closed')
    expect(plain.details).toEqual({})
    expect(plain.hint).toBeUndefined()
  })

  test('freezes a copy of the details', () => {
    const details = { file: 'config', line: 3 }
    const located = new KubecredError('ERR_KUBECONFIG_INVALID', 'bad', { details })
    details.line = 4
    expect(located.details).toEqual({ file: 'config', line: 3 })
    expect(Object.isFrozen(located.details)).toBe(true)
  })

  test('shows nothing of its brand', () => {
    expect(inspect(error)).not.toContain('Symbol')
    expect(JSON.stringify(error)).not.toContain('Symbol')
  })
})

describe('instanceof KubecredError', () => {
  test('holds across two copies of the module, both ways', async () => {
    // The query makes it another module of the same file, of which TypeScript knows nothing.
    const url = `${new URL('../../src/errors/kubecred-error.ts', import.meta.url).href}?copy`
    const copy = (await import(url)) as typeof import('../../src/errors/kubecred-error.ts')
    expect(copy.KubecredError).not.toBe(KubecredError)
    const theirs: unknown = new copy.KubecredError('ERR_CLOSED', 'closed')
    const ours: unknown = new KubecredError('ERR_CLOSED', 'closed')
    expect(theirs instanceof KubecredError).toBe(true)
    expect(ours instanceof copy.KubecredError).toBe(true)
  })

  test.each([
    ['another error', new Error('no')],
    ['an object with its name', { name: 'KubecredError', code: 'ERR_CLOSED' }],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'KubecredError'],
    ['the class itself', KubecredError],
  ])('does not hold for %s', (_, value: unknown) => {
    expect(value instanceof KubecredError).toBe(false)
  })
})

test.each([
  [new Error('words'), 'words'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [42, '42'],
])('messageOf finds words for whatever was thrown: %s', (thrown, words) => {
  expect(messageOf(thrown)).toBe(words)
})

test.each([
  [Object.assign(new Error('no file'), { code: 'ENOENT' }), 'ENOENT'],
  [Object.assign(new Error('odd'), { code: 7 }), undefined],
  [new Error('plain'), undefined],
  [{ code: 'ENOENT' }, undefined],
  [null, undefined],
])('systemCodeOf reads the code of a system error only: %s', (thrown: unknown, code) => {
  expect(systemCodeOf(thrown)).toBe(code)
})

test('asError gives an error as it is, and makes one of anything else', () => {
  const error = new RangeError('as it is')
  expect(asError(error)).toBe(error)
  expect(asError('text')).toEqual(new Error('text'))
  expect(asError(undefined)).toEqual(new Error('undefined'))
})
