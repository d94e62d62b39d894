import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { startApiServer, writeKubeconfig, type FakeApiServer } from '../../src/doors/testing.ts'
import { findOnPath } from '../../scripts/executable.ts'
import { KubecredProcess } from '../cli/kubecred-process.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
let server: FakeApiServer

beforeAll(async () => {
  server = await startApiServer()
})
afterAll(async () => {
  await server.close()
})

async function request(exec: JsonObject, env: Readonly<Record<string, string>> = {}) {
  const path = join(folder, 'config')
  const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', ...exec } }
  await writeKubeconfig(path, server.kubeconfig({ user }))
  server.clearRequests()
  const home = { HOME: folder }
  const process = new KubecredProcess(['request', '/version', '--kubeconfig', path], {
    env: { ...home, ...env },
  })
  return { code: await process.ended(), err: process.err }
}

const isThere = (plugin: string): boolean => findOnPath(plugin) !== undefined
const beside = (plugin: string): string =>
  isThere(plugin) ? plugin : `${plugin} (skipped: it is not on PATH)`

describe.skipIf(!isThere('aws'))(beside('aws'), () => {
  test('gives, by eks get-token, a token that reaches the server', async () => {
    await request(
      {
        command: 'aws',
        args: [
          '--region',
          'eu-west-1',
          'eks',
          'get-token',
          '--cluster-name',
          'demo',
          '--output',
          'json',
        ],
      },
      { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'made-up' },
    )
    const [, token = ''] = server.requests[0]?.headers.authorization?.split(' ') ?? []
    expect(token).toMatch(/^k8s-aws-v1\./u)
    const url = Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString()
    expect(url).toContain('Action=GetCallerIdentity')
  })

  test('fails in its own words when it has no keys', async () => {
    const { code, err } = await request({
      command: 'aws',
      args: ['--region', 'eu-west-1', 'eks', 'get-token', '--cluster-name', 'demo'],
      env: [{ name: 'AWS_EC2_METADATA_DISABLED', value: 'true' }],
    })
    expect(code).toBe(1)
    expect(err).toMatch(/credentials/iu)
    expect(err).toMatch(
      /^error: getting credentials: exec: executable aws failed with exit code \d+$/mu,
    )
    expect(server.requests).toEqual([])
  })
})

describe.skipIf(!isThere('gke-gcloud-auth-plugin'))(beside('gke-gcloud-auth-plugin'), () => {
  test('fails in its own words when nobody has logged in', async () => {
    const { code, err } = await request({
      command: 'gke-gcloud-auth-plugin',
      installHint: 'Install gke-gcloud-auth-plugin for use with kubectl',
      provideClusterInfo: true,
    })
    expect(code).toBe(1)
    expect(err).toContain('print credential failed with error')
    expect(err).toMatch(
      /^error: getting credentials: exec: executable gke-gcloud-auth-plugin failed/mu,
    )
    expect(server.requests).toEqual([])
  })
})
