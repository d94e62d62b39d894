import { describe, expect, test } from 'vitest'

import { http2Environment } from '../../src/connect/http2-environment.ts'

describe('http2Environment', () => {
  test.each([
    [{}, 30_000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '5', HTTP2_PING_TIMEOUT_SECONDS: '2' }, 5000, 2000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '+5' }, 5000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '0' }, 0, 15_000],
    [{ HTTP2_PING_TIMEOUT_SECONDS: '0' }, 30_000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '', HTTP2_PING_TIMEOUT_SECONDS: '' }, 30_000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '1.5', HTTP2_PING_TIMEOUT_SECONDS: '9s' }, 30_000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '-1', HTTP2_PING_TIMEOUT_SECONDS: '-1' }, 30_000, 15_000],
    [{ HTTP2_READ_IDLE_TIMEOUT_SECONDS: '99999999999' }, 2 ** 31 - 1, 15_000],
  ])('reads the probes of %j', (env, readIdleMs, pingTimeoutMs) => {
    expect(http2Environment(env).http2Probes).toEqual({ readIdleMs, pingTimeoutMs })
  })

  test.each([
    [{}, false],
    [{ DISABLE_HTTP2: '' }, false],
    [{ DISABLE_HTTP2: '1' }, true],
    [{ DISABLE_HTTP2: 'false' }, true],
  ])('reads whether HTTP/2 is out of the question: %j', (env, disabled) => {
    expect(http2Environment(env).http2Disabled).toBe(disabled)
  })
})
