import type { Case } from '../case.ts'
import { base64 } from '../stage.ts'
import { noServer } from './no-server.ts'

/** Where the server is, and whether it is to be trusted. */
export const addressCases: readonly Case[] = [
  {
    name: 'a server below a path',
    cluster: ({ server }) => ({ server: `${server.url}/k8s/clusters/c-1` }),
    fails: 'Error from server (NotFound)',
    older: [
      {
        before: 36,
        in: ['requests', 'exitCode', 'stdout', 'error'],
        ours: { requests: [{ path: '/k8s/clusters/c-1/api/v1/namespaces/default' }] },
        because: 'its `get --raw` left the path out',
      },
    ],
  },
  {
    name: 'a server without a scheme',
    cluster: { server: '127.0.0.1:1' },
    fails:
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
  },
  {
    name: 'a server that is no address',
    cluster: { server: 'https://[' },
    fails: 'host must be a URL or a host:port pair: ',
    loosely: true,
  },
  {
    name: 'a server of another scheme',
    cluster: { server: 'ftp://127.0.0.1:1' },
    fails: 'unsupported protocol scheme',
    loosely: true,
  },
  {
    name: 'no server',
    cluster: { server: '' },
    ...noServer('no server found for cluster "fake"'),
  },
  {
    name: 'a server whose certificate is not for its name',
    cluster: ({ server }) => ({
      server: `https://localhost:${server.port}`,
      'tls-server-name': 'elsewhere.example',
    }),
    fails:
      'tls: failed to verify certificate: x509: certificate is valid for localhost, not elsewhere.example',
  },
  {
    name: 'an authority that did not issue the certificate',
    cluster: ({ server }) => ({
      'certificate-authority-data': base64(server.clientAuthority.certificatePem),
    }),
    fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  },
  {
    name: 'no authority',
    cluster: { 'certificate-authority-data': '' },
    fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  },
  {
    name: 'an authority that is no certificate',
    cluster: { 'certificate-authority-data': base64('hello') },
    fails: 'unable to load root certificates: unable to parse bytes as PEM block',
  },
  {
    name: 'an authority that is no base64',
    cluster: { 'certificate-authority-data': '***' },
    fails: ({ folder }) => `error loading config file "${folder}/config": `,
    loosely: true,
  },
]
