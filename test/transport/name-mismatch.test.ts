import { expect, test } from 'vitest'

import { nameMismatch } from '../../src/transport/name-mismatch.ts'

const mismatch = (host: string, subjectaltname?: string): Error =>
  Object.assign(new Error('altname'), { host, cert: { subjectaltname } })

test.each([
  [mismatch('c', 'DNS:a, DNS:b, IP Address:10.0.0.1'), 'certificate is valid for a, b, not c'],
  [
    mismatch('10.0.0.2', 'DNS:a, IP Address:10.0.0.1'),
    'certificate is valid for 10.0.0.1, not 10.0.0.2',
  ],
  [
    mismatch('10.0.0.2', 'DNS:a'),
    "cannot validate certificate for 10.0.0.2 because it doesn't contain any IP SANs",
  ],
  [
    mismatch('c', 'IP Address:10.0.0.1'),
    'certificate is not valid for any names, but wanted to match c',
  ],
  [mismatch('c'), 'certificate is not valid for any names, but wanted to match c'],
  [new Error('altname'), 'certificate is not valid for host:6443'],
  [undefined, 'certificate is not valid for host:6443'],
])('says in the words of Go which names a certificate is for (%#)', (error, words) => {
  expect(nameMismatch(error, 'host:6443')).toBe(`x509: ${words}`)
})
