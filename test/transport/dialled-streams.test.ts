import { describe, expect, test } from 'vitest'

import { createCredential } from '../../src/credential/credential.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import type { Dial } from '../../src/transport/dial.ts'
import { ScriptedProvider, sourceOf, stacks, type TestCluster } from './stacks.ts'

const authority = createCertificateAuthority()

const coded = (code: string): Error => Object.assign(new Error('it broke'), { code })

describe.each(stacks)('$name', ({ open }) => {
  describe.each(['https', 'http'])('to a server of %s', (scheme) => {
    function connect(dial: Dial): TestCluster {
      const server = {
        // Where nobody would answer.
        url: `${scheme}://127.0.0.1:1`,
        certificateAuthorityPem: scheme === 'https' ? authority.certificatePem : undefined,
        tlsServerName: '',
        insecureSkipTlsVerify: false,
      }
      const provider = new ScriptedProvider(() => createCredential({ token: 'x' }))
      return open({ server, source: sourceOf(provider), options: { connect: dial } })
    }

    // Codes by which undici knows what it need not tell of.
    test.each(['UND_ERR_SOCKET', 'UND_ERR_INFO', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ECONNREFUSED'])(
      'dials once for a request when the connect function fails with %s, and tells why',
      async (code) => {
        const cause = coded(code)
        let dials = 0
        await using cluster = connect(() => {
          dials++
          return Promise.reject(cause)
        })
        const failure: unknown = await cluster
          .send('/api', { retries: false })
          .catch((error: unknown) => error)
        const chain = failure instanceof Error ? [failure, failure.cause] : []
        expect(chain).toContain(cause)
        expect(dials).toBe(1)
      },
    )
  })
})
