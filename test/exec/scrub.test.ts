import { describe, expect, test } from 'vitest'

import { isSecretName, scrub } from '../../src/exec/scrub.ts'

const nothing = { stdout: '', values: [] }

describe('scrub', () => {
  test.each([
    'error: exit status 127',
    'dial tcp 10.0.0.1:443: connection refused',
    'open /Users/alice/Library/config: no such file',
    'Unable to locate credentials. You can configure them by running "aws configure".',
    'line one\n\tline two',
  ])('leaves %j as it is', (text) => {
    expect(scrub(text, nothing)).toBe(text)
  })

  test.each([
    ['got eyJhbGciOi.eyJzdWIi.c2ln for you', 'got [redacted] for you'],
    ['got abcDEF0123456789+/_-xyz== here', 'got [redacted] here'],
    ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'key [redacted]'],
    ['password=hunter2 user=bob', 'password=[redacted] user=bob'],
    ['{"id_token": "x y", "n": 1}', '{"id_token": [redacted], "n": 1}'],
    ["AWS_SECRET_ACCESS_KEY='a b'", 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['unknown flag --client-secret s3cr3t -v', 'unknown flag --client-secret [redacted] -v'],
    ['Authorization: Token abc def', 'Authorization: [redacted]'],
    ['sent Bearer abc.def to it', 'sent Bearer [redacted] to it'],
    ['GET https://bob:pw@host/path', 'GET https://[redacted]@host/path'],
    ['open https://idp/auth?code=abc&state=x now', 'open https://idp/auth?[redacted] now'],
    ['enter the code ABCD-EFGH there', 'enter the code [redacted] there'],
    ['a\n-----BEGIN KEY-----\nshort\n-----END KEY-----\nb', 'a\n[redacted]\nb'],
    ['a\n-----BEGIN KEY-----\nshort', 'a\n[redacted]'],
    ['short\n-----END KEY-----\nb', '[redacted]\nb'],
    ['tok\u001B[1men: a\u001B[0mbc', 'token: [redacted]'],
    ['one\rtwo\u0000\u200D', 'one\ntwo'],
  ])('makes %j readable and harmless', (text, clean) => {
    expect(scrub(text, nothing)).toBe(clean)
  })

  test('takes out what the plugin also printed on standard output', () => {
    const known = { stdout: '{"status":{"token":"horse-stable"}}', values: [] }
    expect(scrub('using horse-stable, token', known)).toBe('using [redacted], token')
  })

  test('takes out the values that it is told of, the longest first', () => {
    const known = { stdout: '', values: ['$&pass', '$&pass-word', 'dev'] }
    expect(scrub('$&pass-word $&pass dev', known)).toBe('[redacted] [redacted] dev')
  })

  test.each(['token', 'a-', '-----BEGIN ', '://', '"', 'token ', '/a', 'eyJ.'])(
    'is not slowed down by 4 KiB of %j',
    (part) => {
      const text = part.repeat(4096 / part.length)
      const startedAt = performance.now()
      scrub(text, nothing)
      // Linear takes a few milliseconds; quadratic would take seconds, cubic hours.
      expect(performance.now() - startedAt).toBeLessThan(1000)
    },
  )
})

describe('isSecretName', () => {
  test('goes by what a name says', () => {
    const names = ['AWS_SECRET_ACCESS_KEY', 'githubToken', 'DB_PASSWORD', 'AWS_PROFILE', 'HOME']
    expect(names.map(isSecretName)).toEqual([true, true, true, false, false])
  })
})
