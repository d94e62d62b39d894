import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { thisHost, type Host } from '../../src/host/host.ts'
import { inClusterConnection } from '../../src/kubeconfig/in-cluster.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const authority = createCertificateAuthority().certificatePem
const variables = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }

function podFolder(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(folder, 'pod-'))
  const all = { token: 'token\n', 'ca.crt': authority, namespace: ' shop\n', ...files }
  for (const [name, content] of Object.entries(all)) writeFileSync(join(directory, name), content)
  return directory
}

function hostWith(env: Host['env']): Host {
  return { ...thisHost(), env }
}

describe('in a pod', () => {
  test('the connection is that of its service account', async () => {
    const directory = podFolder()
    const connection = await inClusterConnection({ directory, host: hostWith(variables) })
    expect(connection).toMatchObject({
      source: 'in-cluster',
      files: [],
      context: '',
      cluster: '',
      user: '',
      namespace: 'shop',
      warnings: [],
      server: {
        url: 'https://10.0.0.1',
        address: 'https://10.0.0.1:443',
        certificateAuthority: { kind: 'file', path: `${directory}/ca.crt` },
      },
      auth: { tokenFile: `${directory}/token`, token: undefined, exec: undefined },
    })
  })

  test('an IPv6 address is put in brackets', async () => {
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
    const connection = await inClusterConnection({ directory: podFolder(), host: hostWith(env) })
    expect(connection?.server.url).toBe('https://[fd00::1]:6443')
  })

  test('POD_NAMESPACE comes before the file, and default after it', async () => {
    const host = hostWith({ ...variables, POD_NAMESPACE: 'here' })
    expect((await inClusterConnection({ directory: podFolder(), host }))?.namespace).toBe('here')
    const plain = hostWith(variables)
    const directory = podFolder({ namespace: ' \n' })
    expect((await inClusterConnection({ directory, host: plain }))?.namespace).toBe('default')
    rmSync(join(directory, 'namespace'))
    expect((await inClusterConnection({ directory, host: plain }))?.namespace).toBe('default')
  })

  test.each([
    ['that is missing', undefined, 'ENOENT'],
    ['without a certificate', 'nothing', 'data does not contain any valid'],
  ])('a ca.crt %s is a warning, and the system decides whom to trust', async (_, text, words) => {
    const directory = podFolder()
    if (text === undefined) rmSync(`${directory}/ca.crt`)
    else writeFileSync(`${directory}/ca.crt`, text)
    const connection = await inClusterConnection({ directory, host: hostWith(variables) })
    expect(connection?.server.certificateAuthority).toBeUndefined()
    expect(connection?.warnings).toHaveLength(1)
    expect(connection?.warnings[0]).toContain(
      `Expected to load root CA config from ${directory}/ca.crt, but got err: `,
    )
    expect(connection?.warnings[0]).toContain(words)
  })

  test('the caller may set other things, but no context', async () => {
    const connection = await inClusterConnection({
      directory: podFolder(),
      host: hostWith(variables),
      overrides: {
        context: 'x',
        user: 'x',
        cluster: 'x',
        server: 'https://h',
        token: 'mine',
        namespace: 'ns',
      },
    })
    expect(connection?.server.url).toBe('https://h')
    expect(connection?.auth.token?.reveal()).toBe('mine')
    expect(connection?.auth.tokenFile).toBe('')
    expect(connection?.namespace).toBe('ns')
  })

  test.skipIf(process.platform !== 'linux')('a token that cannot be read is an error', async () => {
    const directory = mkdtempSync(join(folder, 'pod-'))
    // /proc/self/mem can be opened by its owner, and not be read from its start, by root neither.
    symlinkSync('/proc/self/mem', `${directory}/token`)
    await expect(
      inClusterConnection({ directory, host: hostWith(variables) }),
    ).rejects.toMatchObject({
      code: 'ERR_IN_CLUSTER',
      message: expect.stringContaining(`open ${directory}/token: E`),
      details: { file: `${directory}/token` },
    })
  })
})

describe('outside a pod', () => {
  test('there is no connection: no address, no port, or no token file', async () => {
    const directory = podFolder()
    const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = variables
    for (const env of [{}, { KUBERNETES_SERVICE_HOST }, { KUBERNETES_SERVICE_PORT }]) {
      expect(await inClusterConnection({ directory, host: hostWith(env) })).toBeUndefined()
    }
    rmSync(`${directory}/token`)
    const host = hostWith(variables)
    expect(await inClusterConnection({ directory, host })).toBeUndefined()
    mkdirSync(`${directory}/token`)
    expect(await inClusterConnection({ directory, host })).toBeUndefined()
  })

  test('this process is asked when nothing is given', async () => {
    const isPod = existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')
    expect((await inClusterConnection()) !== undefined).toBe(isPod)
  })
})
