import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { kubeconfigFor, writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const server = { url: 'https://127.0.0.1:6443', certificateAuthorityPem: 'PEM é' }

describe('kubeconfigFor', () => {
  test('has one context that leads to the server', () => {
    expect(kubeconfigFor(server, { user: { token: 't' } })).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [
        {
          name: 'fake',
          cluster: { server: server.url, 'certificate-authority-data': 'UEVNIMOp' },
        },
      ],
      users: [{ name: 'fake', user: { token: 't' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    })
  })

  test('takes another name, a namespace and more about the cluster', () => {
    const config = kubeconfigFor(server, {
      contextName: 'here',
      namespace: 'ns',
      cluster: { 'tls-server-name': 'localhost', server: 'https://localhost:1' },
    })
    expect(config).toMatchObject({
      'current-context': 'here',
      clusters: [
        {
          name: 'here',
          cluster: {
            server: 'https://localhost:1',
            'certificate-authority-data': 'UEVNIMOp',
            'tls-server-name': 'localhost',
          },
        },
      ],
      users: [{ name: 'here', user: {} }],
      contexts: [{ context: { cluster: 'here', user: 'here', namespace: 'ns' } }],
    })
  })
})

describe('writeKubeconfig', () => {
  test('writes JSON that its owner alone can read, also over a file that was there', async () => {
    const path = join(folder, 'config')
    writeFileSync(path, 'old and much longer than what follows it', { mode: 0o644 })
    await writeKubeconfig(path, { kind: 'Config' })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ kind: 'Config' })
    expect(statSync(path).mode & 0o077).toBe(0)
  })
})
