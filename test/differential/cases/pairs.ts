import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { pairOf, tokenOf } from '../stage.ts'

const token = tokenOf('ann')
const parsing = 'getting credentials: failed parsing client key/certificate: '
const half = 'getting credentials: exec plugin returned only certificate or key, not both'
const noPem = `${parsing}tls: failed to find any PEM data in certificate input`

/** Certificates and keys in a reply. */
export const pairCases: readonly Case[] = [
  {
    name: 'a certificate without a key',
    status: ({ rita }) => ({ clientCertificateData: rita.certificatePem }),
    fails: half,
  },
  {
    name: 'a key without a certificate',
    status: ({ rita }) => ({ clientKeyData: rita.privateKeyPem }),
    fails: half,
  },
  {
    name: 'a token and half a pair',
    status: ({ rita }) => ({ token, clientKeyData: rita.privateKeyPem }),
    fails: half,
  },
  {
    name: 'a pair that is no PEM',
    status: { clientCertificateData: 'x', clientKeyData: 'y' },
    fails: noPem,
  },
  {
    name: 'a key that is no PEM',
    status: ({ rita }) => ({ ...pairOf(rita), clientKeyData: 'y' }),
    fails: `${parsing}tls: failed to find any PEM data in key input`,
  },
  {
    name: 'a certificate and key by turns',
    status: ({ rita }) => ({
      clientCertificateData: rita.privateKeyPem,
      clientKeyData: rita.certificatePem,
    }),
    fails: `${parsing}tls: `,
    loosely: true,
  },
  {
    name: 'a key of another certificate',
    status: ({ rita, late }) => ({ ...pairOf(rita), clientKeyData: late.privateKeyPem }),
    fails: `${parsing}tls: private key does not match public key`,
  },
  {
    name: 'a certificate with nothing in it',
    status: ({ rita }) => ({
      ...pairOf(rita),
      clientCertificateData: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    }),
    fails: parsing,
    loosely: true,
  },
  {
    name: 'certificate and key in one text',
    status: ({ rita }) => {
      const pem = rita.certificatePem + rita.privateKeyPem
      return { clientCertificateData: pem, clientKeyData: pem }
    },
  },
  {
    name: 'a certificate that the server does not know',
    status: ({ server }) => pairOf(server.issueCertificate({ user: 'mallory' })),
  },
  {
    name: 'a certificate that has ended',
    status: ({ late }) => pairOf(late),
    fails: 'You must be logged in to the server (Unauthorized)',
    differs: { because: difference('certificate-end'), in: ['runs'], ours: { runs: [{}] } },
  },
]
