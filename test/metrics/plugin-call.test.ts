import { describe, expect, test } from 'vitest'

import { pluginCall } from '../../src/metrics/plugin-call.ts'

const never = { started: false, exitCode: undefined }
const stopped = { started: true, exitCode: undefined }

describe('pluginCall', () => {
  test.each([
    [
      'a plugin that did its work',
      { started: true, exitCode: 0, errorCode: undefined },
      '0',
      'no_error',
    ],
    [
      'a reply of no use',
      { started: true, exitCode: 0, errorCode: 'ERR_EXEC_REPLY' },
      '0',
      'no_error',
    ],
    [
      'an exit code',
      { started: true, exitCode: 126, errorCode: 'ERR_EXEC_FAILED' },
      '126',
      'plugin_execution_error',
    ],
    [
      'a signal',
      { started: true, exitCode: -1, errorCode: 'ERR_EXEC_FAILED' },
      '-1',
      'plugin_execution_error',
    ],
    [
      'a plugin that is not there',
      { ...never, errorCode: 'ERR_EXEC_NOT_FOUND' },
      '1',
      'plugin_not_found_error',
    ],
    [
      'a plugin that cannot be executed',
      { ...never, errorCode: 'ERR_EXEC_START' },
      '1',
      'plugin_not_found_error',
    ],
    [
      'too much output',
      { ...stopped, errorCode: 'ERR_EXEC_OUTPUT_LIMIT' },
      '1',
      'client_internal_error',
    ],
    ['a deadline', { ...stopped, errorCode: 'ERR_RENEWAL_DEADLINE' }, '1', 'client_internal_error'],
    ['an unknown failure', { ...stopped, errorCode: undefined }, '1', 'client_internal_error'],
  ])('counts %s as client-go does', (_what, ended, code, status) => {
    expect(pluginCall(ended)).toEqual({ code, status })
  })

  test.each(['ERR_EXEC_INTERACTIVE', 'ERR_EXEC_NOT_ALLOWED', 'ERR_CLOSED', 'ERR_RENEWAL_DEADLINE'])(
    'does not count a plugin that was never called: %s',
    (errorCode) => {
      expect(pluginCall({ ...never, errorCode })).toBeUndefined()
    },
  )
})
