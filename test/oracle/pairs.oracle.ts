import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { difference } from '../differences.ts'
import { inBase64, Oracle } from './ask.ts'
import { pairs } from './pairs.ts'
import { runs } from './runs.ts'

/** Changes that a text survives, and changes that it does not. */
const change: fc.Arbitrary<(pem: string) => string> = fc.oneof(
  fc.constantFrom<(pem: string) => string>(
    (pem) => pem,
    (pem) => pem.replaceAll('\n', '\r\n'),
    (pem) => pem.replaceAll('\n', '\r'),
    (pem) => pem.trimEnd(),
    (pem) => `\n\n  \n${pem}`,
    (pem) => `subject=/CN=x\nissuer=/CN=y\n${pem}`,
    (pem) => `text before ${pem}`,
    (pem) => `${pem}text after\n`,
    (pem) => pem.replaceAll('\n', ' \n'),
    (pem) => pem.replaceAll('\n', '\t\n'),
    (pem) => pem.replaceAll('\n', '\n '),
    (pem) => pem.replaceAll('\n', '\n\n'),
    (pem) => pem.replaceAll('-----BEGIN ', '----- BEGIN '),
    (pem) => pem.replaceAll('-----END ', '-----END  '),
    (pem) => pem.replaceAll('-----END CERTIFICATE-----', '-----END X-----'),
    (pem) => pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
    (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
    (pem) =>
      pem.replace(/(-----BEGIN [A-Z0-9 ]+-----\n)/u, '$1Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n'),
    (pem) => pem.replace(/(-----BEGIN [A-Z0-9 ]+-----\n)/u, '$1Comment: hello\n\n'),
    (pem) => pem.replace(/(-----BEGIN [A-Z0-9 ]+-----\n)/u, '$1Comment: hello\n'),
    (pem) => pem.replaceAll(/\n(?!-)(?=.)/gu, ''),
    (pem) => pem.replaceAll('=', ''),
    (pem) => pem.replaceAll(/-----$/gmu, '----- '),
    (pem) => pem.replaceAll(/-----\n/gu, '-----'),
    (pem) => pem + pem,
    (pem) => `\ufeff${pem}`,
    (pem) => pem.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
    (pem) => pem.replaceAll('EC PRIVATE KEY', 'PRIVATE KEY'),
    (pem) => pem.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY'),
    (pem) =>
      pem
        .replaceAll('BEGIN PRIVATE KEY', 'BEGIN EC PRIVATE KEY')
        .replaceAll('END PRIVATE KEY', 'END EC PRIVATE KEY'),
    (pem) =>
      pem
        .replaceAll('BEGIN PRIVATE KEY', 'BEGIN ANY PRIVATE KEY')
        .replaceAll('END PRIVATE KEY', 'END ANY PRIVATE KEY'),
    () => '',
  ),
  // Nothing that is base64 again: what is in a certificate is for OpenSSL to judge.
  fc
    .tuple(fc.nat(1000), fc.nat(3), fc.constantFrom('', '\n', '-', '=', ' ', ':', 'é'))
    .map(([at, drop, put]) => (pem: string) => {
      const place = pem.length === 0 ? 0 : at % pem.length
      return pem.slice(0, place) + put + pem.slice(place + drop)
    }),
)

const same = fc.constant((pem: string) => pem)
const often = fc.oneof({ weight: 1, arbitrary: same }, { weight: 2, arbitrary: change })

const tried = fc
  .tuple(fc.constantFrom(...pairs), fc.constantFrom(...pairs), fc.boolean(), often, often)
  .map(([first, second, together, changeCertificate, changeKey]) => ({
    certificate: changeCertificate(first.certificate),
    key: changeKey(together ? first.key : second.key),
  }))

const classes: readonly (readonly [RegExp, string])[] = [
  [/^tls: failed to find any PEM data in certificate/u, 'no PEM in the certificate'],
  [/^tls: failed to find any PEM data in key/u, 'no PEM in the key'],
  [/^tls: failed to find certificate PEM data/u, 'switched'],
  [/^tls: failed to find "CERTIFICATE" PEM block/u, 'no certificate'],
  [/^tls: found a certificate rather than a key/u, 'certificate for a key'],
  [/^tls: failed to find PEM block with type ending in "PRIVATE KEY"/u, 'no key'],
  [/^tls: failed to parse private key/u, 'bad key'],
  [/^tls: private key (?:type )?does not match public key/u, 'no match'],
  [/^(?:x509|asn1): /u, 'bad certificate'],
]

function blocksIn(pem: string): number {
  return pem.split('BEGIN CERTIFICATE').length - 1
}

function classOf(words: string): string {
  return classes.find(([start]) => start.test(words))?.[1] ?? words
}

function ours(certificate: string, key: string): unknown {
  try {
    const { fingerprint, notBefore, notAfter } = readClientCertificate(certificate, key)
    return { chain: fingerprint, notBefore, notAfter }
  } catch (error) {
    if (!(error instanceof KubecredError)) throw error
    return classOf(error.message)
  }
}

describe.skipIf(!hasOracle())(besideClientGo('beside client-go'), () => {
  const oracle = new Oracle()

  async function theirs(certificate: string, key: string): Promise<unknown> {
    const pair = { certificate: inBase64(certificate), key: inBase64(key) }
    const { value, error, panic } = await oracle.ask({ pair })
    if (panic !== undefined) throw new Error(panic)
    return error === undefined ? value : classOf(error)
  }

  test.each(pairs)('$title is the same pair, or refused alike', async ({ certificate, key }) => {
    expect(ours(certificate, key)).toEqual(await theirs(certificate, key))
  })

  test('any pair is the same, or refused alike', async () => {
    await fc.assert(
      fc.asyncProperty(tried, async ({ certificate, key }) => {
        const [us, them] = [ours(certificate, key), await theirs(certificate, key)]
        if (us === 'bad certificate' && blocksIn(certificate) > 1) return
        expect(us).toEqual(them)
      }),
      runs(6000),
    )
  })

  test('a chain whose later part is no certificate is refused, not sent', async () => {
    const [good] = pairs
    const { certificate = '', key = '' } = good ?? {}
    const chain = `${certificate}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
    expect(await theirs(chain, key)).toHaveProperty('chain')
    difference('broken-chain')
    expect(ours(chain, key)).toBe('bad certificate')
  })
})
