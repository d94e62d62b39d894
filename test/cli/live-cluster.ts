import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach } from 'vitest'

import type { JsonObject } from '../../src/doors/index.ts'
import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
} from '../../src/doors/testing.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

export const plantedToken = 'KUBECRED-PLANTED-SECRET-token'

/** An API server, a plugin that gets its credentials there, and kubeconfigs that lead to both. */
export interface LiveCluster {
  readonly folder: string
  readonly server: FakeApiServer
  readonly plugin: FakePlugin
  /** Path of a kubeconfig with {@link plantedToken}. */
  readonly withToken: string
  /** Path of a kubeconfig with the plugin. */
  readonly withPlugin: string
  /** Writes another kubeconfig, and gives its path. */
  kubeconfig(name: string, user: JsonObject, cluster?: JsonObject): Promise<string>
}

/** Starts one for the tests of a file; it is there when they run. */
export function liveCluster({ http2 = true }: { readonly http2?: boolean } = {}): LiveCluster {
  const folder = temporaryFolder()
  let server: FakeApiServer | undefined
  let plugin: FakePlugin | undefined
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('not started yet')
    return value
  }
  const cluster: LiveCluster = {
    folder,
    get server() {
      return there(server)
    },
    get plugin() {
      return there(plugin)
    },
    withToken: join(folder, 'with-token'),
    withPlugin: join(folder, 'with-plugin'),
    async kubeconfig(name, user, changes) {
      const path = join(folder, name)
      await writeKubeconfig(
        path,
        there(server).kubeconfig({ user, ...(changes && { cluster: changes }) }),
      )
      return path
    },
  }
  beforeAll(async () => {
    server = await startApiServer({
      http2,
      tokens: { [plantedToken]: { user: 'alice', groups: ['devs'] } },
      rbac: (_user, _method, path) => !path.startsWith('/api/v1/namespaces/forbidden'),
    })
    plugin = await createFakePlugin({ directory: folder, name: 'plugin' })
    await cluster.kubeconfig('with-token', { token: plantedToken })
    await cluster.kubeconfig('with-plugin', plugin.user())
  })
  beforeEach(async () => {
    there(server).clearRequests()
    await there(plugin).clearRuns()
    await there(plugin).behave({ issueFrom: { url: there(server).pluginEndpoint } })
  })
  afterAll(async () => {
    await server?.close()
  })
  return cluster
}
