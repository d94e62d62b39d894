import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { chooseConnection } from '../../src/connect/connection.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { unreadableFiles, type UnreadableFiles } from '../../src/kubeconfig/unreadable-files.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { withCluster, withUser } from './documents.ts'
import { besideKubectl, hasKubectl, kubectlComplaint } from './kubectl.ts'

const folder = temporaryFolder()
const isRoot = process.getuid?.() === 0
const there = join(folder, 'there')
writeFileSync(there, '')
const missing = join(folder, 'missing')

async function unreadable(text: string): Promise<UnreadableFiles> {
  const entries = parseKubeconfig(Buffer.from(text), '/kube/config')
  return await unreadableFiles({ files: ['/kube/config'], missing: [], ...entries })
}

describe('of the files that a connection needs', () => {
  test('those that are there are in order, whatever is in them', async () => {
    const user = withUser(`client-certificate: "${there}", client-key: "${there}"`)
    expect(await unreadable(user)).toEqual({ user: [], cluster: [] })
    const cluster = withCluster(`server: "https://h", certificate-authority: "${there}"`)
    expect(await unreadable(cluster)).toEqual({ user: [], cluster: [] })
  })

  test('each that is missing is told with its place in the kubeconfig', async () => {
    const text = withUser(`client-certificate: "${missing}", client-key: "${missing}"`)
    const why = `${missing} for u due to open ${missing}: no such file or directory`
    const { user } = await unreadable(text)
    expect(user).toMatchObject([
      { message: `unable to read client-cert ${why}`, field: 'client-certificate' },
      { message: `unable to read client-key ${why}`, field: 'client-key' },
    ])
    expect(user[0]?.origin).toEqual({ file: '/kube/config', field: 'users[0].user' })
  })

  test.each(['LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1J/SUV2', '-----BEGIN PRIVATE KEY-----'])(
    'content in the place of a path is not repeated: %s',
    async (content) => {
      const text = withUser(`client-certificate: "${there}", client-key: "${content}"`)
      const { user } = await unreadable(text)
      expect(user).toMatchObject([
        {
          message: 'client-key of u holds the content of a file, and not its path',
          hint: 'use client-key-data',
        },
      ])
      expect(JSON.stringify(user)).not.toContain(content)
    },
  )

  test('a key without a certificate is not looked at', async () => {
    expect(await unreadable(withUser(`client-key: "${missing}"`))).toEqual({
      user: [],
      cluster: [],
    })
  })

  test.skipIf(isRoot)(
    `one that may not be read is told${isRoot ? ' (skipped: root may read everything)' : ''}`,
    async () => {
      const locked = join(folder, 'locked')
      writeFileSync(locked, '')
      chmodSync(locked, 0)
      const text = withCluster(`server: "https://h", certificate-authority: "${locked}"`)
      const why = `due to open ${locked}: permission denied`
      const message = `unable to read certificate-authority ${locked} for k ${why}`
      expect((await unreadable(text)).cluster).toMatchObject([{ message }])
    },
  )
})

const certificateTwice = `client-certificate: "${missing}", client-certificate-data: YQ==, client-key: "${missing}"`
const plugin = 'exec: {apiVersion: client.authentication.k8s.io/v1}'

describe.skipIf(!hasKubectl)(besideKubectl('beside kubectl'), () => {
  test.each([
    [
      'a certificate and a key that are missing',
      withUser(`client-certificate: "${missing}", client-key: "${missing}"`),
    ],
    [
      'an authority that is missing',
      withCluster(`server: "https://h", certificate-authority: "${missing}"`),
    ],
    [
      'files that are missing and much else',
      withUser(`${certificateTwice}, ${plugin}, token: a, username: b, as-uid: c`),
    ],
    [
      'an authority that is missing and a proxy that is none',
      withCluster(
        `server: "https://h", proxy-url: "ftp://p", certificate-authority: "${missing}", certificate-authority-data: YQ==`,
      ),
    ],
  ])('%s are told in the same words and order', async (_what, text) => {
    const file = join(folder, 'config')
    writeFileSync(file, text)
    const thrown: unknown = await chooseConnection({ kubeconfig: file }).catch(
      (error: unknown) => error,
    )
    const ours = thrown instanceof KubecredError ? thrown.message : thrown
    // The URL of a proxy is not quoted here: there may be a password in it.
    const theirs = (await kubectlComplaint(file)).replace(' "ftp://p" for', ' for')
    expect(ours).toBe(`invalid configuration: ${theirs}`)
  })
})
