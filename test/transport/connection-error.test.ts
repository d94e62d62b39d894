import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { protocolError, streamReset } from '../../src/http2/http2-error.ts'
import { connectionError, timeoutError } from '../../src/transport/connection-error.ts'

const withCode = (code: string): Error => Object.assign(new Error('system words'), { code })

describe('connectionError', () => {
  test.each([
    [streamReset(2), 'a:6443: the server has reset the stream: INTERNAL_ERROR (2)', /was reached/u],
    [protocolError('odd'), 'a:6443: malformed HTTP/2 response: odd', /DISABLE_HTTP2=1/u],
  ])(
    'tells a server that fails over HTTP/2 from one that is not there: %s',
    (cause, words, hint) => {
      expect(connectionError(cause, 'https://a:6443')).toMatchObject({
        message: `Unable to connect to the server: ${words}`,
        hint: expect.stringMatching(hint) as string,
      })
    },
  )

  test.each([
    [
      'ECONNREFUSED',
      'The connection to the server a:6443 was refused - did you specify the right host or port?',
    ],
    ['ENOTFOUND', 'Unable to connect to the server: dial tcp: lookup a: no such host'],
    ['ETIMEDOUT', 'Unable to connect to the server: dial tcp a:6443: no answer'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'CERT_HAS_EXPIRED',
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate is not valid for a:6443',
    ],
    ['EPROTO', 'Unable to connect to the server: a:6443 does not speak TLS as expected'],
    [
      'ECONNRESET',
      'Unable to connect to the server: a:6443 closed the connection under the request',
    ],
    ['EWHATEVER', 'Unable to connect to the server: a:6443: EWHATEVER'],
  ])('says what %s means, keeps the cause and gives a hint', (code, message) => {
    const cause = withCode(code)
    const error = connectionError(cause, 'https://a:6443/path')
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', message, cause })
    expect(error).toHaveProperty('hint', expect.stringMatching(/./u))
  })

  test('uses the words of an error without a code', () => {
    expect(connectionError(new Error('odd'), 'https://a')).toMatchObject({
      message: 'Unable to connect to the server: a: odd',
    })
  })

  test('passes an error of ours on', () => {
    const ours = new KubecredError('ERR_CLOSED', 'x')
    expect(connectionError(ours, 'https://a')).toBe(ours)
  })
})

test('timeoutError says what was waited for, and how long', () => {
  expect(timeoutError('https://a', 1500, 'response')).toMatchObject({
    code: 'ERR_TIMEOUT',
    message: 'Unable to connect to the server: a: no response within 1.5 s',
  })
})
