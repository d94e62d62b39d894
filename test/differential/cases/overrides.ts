import type { JsonObject } from '../../../src/api/json.ts'
import { plantedSecret } from '../../../scripts/suite/planted-secret.ts'
import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'
import { base64, tokenOf, wrongToken, type Stage } from '../stage.ts'
import { noServer } from './no-server.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
const bob = tokenOf('bob')

/** A kubeconfig with two contexts, clusters and users: `fake` has a plugin, `second` a token. */
function twofold({ server, other, plugin, caPem }: Stage): JsonObject {
  const authority = { 'certificate-authority-data': base64(caPem) }
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin,
    interactiveMode: 'Never',
  }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [
      { name: 'fake', cluster: { server: server.url, ...authority } },
      { name: 'second', cluster: { server: other.url, ...authority } },
    ],
    users: [
      { name: 'fake', user: { exec } },
      { name: 'second', user: { token: bob } },
    ],
    contexts: [
      { name: 'fake', context: { cluster: 'fake', user: 'fake' } },
      { name: 'second', context: { cluster: 'second', user: 'second' } },
      { name: 'broken', context: { cluster: 'none', user: 'second' } },
      { name: 'homeless', context: { user: 'second' } },
    ],
  }
}

const lines: readonly (readonly [
  flags: string | ((stage: Stage) => string),
  rest?: Partial<Case>,
])[] = [
  ['--context=second'],
  ['--context second'],
  ['--context=fake'],
  ['--context=gone', { fails: 'context "gone" does not exist' }],
  ['--context=broken', noServer('cluster "none" was not found for context "broken"')],
  ['--context=homeless', noServer('cluster was not specified for context "homeless"')],
  ['--user=second'],
  ['--user=gone', { fails: 'auth info "gone" does not exist' }],
  ['--cluster=second'],
  ['--cluster=gone', { fails: 'cluster "gone" does not exist' }],
  ['--cluster=second --user=second --context=fake'],
  [`--token=${bob}`],
  [`--token=${wrongToken}`, { fails: unauthorized }],
  ['--token='],
  [`--token=${bob} --user=second`],
  [({ otherUrl }) => `--server=${otherUrl}`],
  [({ other }) => `-s ${other.url}`],
  [
    '--server=https://127.0.0.1:1',
    {
      fails:
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
  ],
  [
    '--server=http://127.0.0.1:1',
    {
      fails:
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
  ],
  ['--tls-server-name=localhost'],
  [
    '--tls-server-name=elsewhere',
    {
      fails:
        'tls: failed to verify certificate: x509: certificate is valid for localhost, not elsewhere',
    },
  ],
  ['--insecure-skip-tls-verify'],
  ['--insecure-skip-tls-verify=true'],
  ['--insecure-skip-tls-verify=false'],
  [
    '--insecure-skip-tls-verify --certificate-authority=ca.crt',
    { fails: 'specifying a root certificates file with the insecure flag is not allowed' },
  ],
  ['--certificate-authority=ca.crt'],
  [
    '--certificate-authority=other.crt',
    { fails: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
  ],
  [
    '--certificate-authority=none.crt',
    {
      fails:
        'unable to read certificate-authority none.crt for fake due to open none.crt: no such file or directory',
    },
  ],
  ['--client-certificate=rita.crt --client-key=rita.key'],
  [
    '--client-certificate=rita.crt',
    {
      fails:
        'client-key-data or client-key must be specified for fake to use the clientCert authentication method.',
    },
  ],
  ['--username=bob --password=x', { fails: unauthorized }],
  [
    `--username=bob --password=x --token=${bob}`,
    { fails: 'more than one authentication method found' },
  ],
  ['--as=carol'],
  ['--as=carol --as-group=devs --as-group=ops --as-uid=42'],
  [
    '--as-group=devs',
    { fails: 'requesting uid, groups or user-extra for fake without impersonating a user' },
  ],
  ['--disable-compression'],
  ['--disable-compression=false'],
  ['--request-timeout=30'],
  ['--request-timeout=30s'],
  ['--request-timeout=0'],
  ['--request-timeout=1m30s'],
  ['--request-timeout=1h'],
  ['--request-timeout=20500ms'],
  [
    '--request-timeout=soon',
    {
      fails: 'Invalid timeout value.',
      differs: {
        because: difference('usage-exit-code'),
        in: ['exitCode'],
        ours: { exitCode: 2 },
      },
    },
  ],
  ['--namespace=other'],
  ['-n other'],
]

/** Flags that are set over a kubeconfig. */
export const overrideCases: readonly Case[] = lines.map(([line, rest = {}]) => ({
  name: `flags: ${typeof line === 'string' ? line.replaceAll(plantedSecret, 'token') : '--server, to another host'}`,
  files: (stage) => ({
    'ca.crt': stage.caPem,
    'other.crt': stage.server.clientAuthority.certificatePem,
    'rita.crt': stage.rita.certificatePem,
    'rita.key': stage.rita.privateKeyPem,
    two: twofold(stage),
  }),
  kubeconfig: false as const,
  flags: (stage) => [
    '--kubeconfig',
    'two',
    ...(typeof line === 'string' ? line : line(stage)).split(' '),
  ],
  ...rest,
}))
