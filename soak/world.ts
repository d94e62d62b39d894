import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { plantedSecret } from '../scripts/suite/planted-secret.ts'
import type { JsonObject } from '../src/doors/index.ts'
import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
  type PluginBehaviour,
} from '../src/doors/testing.ts'
import {
  cast,
  doorClients,
  pluginClients,
  type ClientName,
  type DoorClient,
  type PluginClient,
} from './cast.ts'
import type { SoakClient } from './clients/client.ts'
import { DoorSoakClient } from './clients/door-client.ts'
import { ProxiedClient } from './clients/proxied-client.ts'
import { CredentialFiles } from './credential-files.ts'
import type { Journal } from './journal.ts'
import { OffsetClock } from './offset-clock.ts'
import { hearEvents, proxyListener } from './plugin-news.ts'
import { PluginWatch } from './plugin-watch.ts'
import { RollCall } from './roll-call.ts'
import { Service } from './service.ts'

/** Life of the credentials that plugins give, milliseconds: short, so that they are often renewed. */
export const lifetimeMs = 15_000

/** Everything that faults are done to. */
export interface World {
  readonly journal: Journal
  readonly server: FakeApiServer
  readonly service: Service
  readonly files: CredentialFiles
  readonly plugins: ReadonlyMap<PluginClient, FakePlugin>
  readonly watches: ReadonlyMap<PluginClient, PluginWatch>
  readonly doors: ReadonlyMap<DoorClient, DoorSoakClient>
  readonly proxy: ProxiedClient
  readonly followedProxy: ProxiedClient
  readonly clients: readonly SoakClient[]
  /** Ends everything, the latest first, and removes the folder. */
  close(): Promise<void>
}

/** What a plugin does when nothing ails it. */
export function healthy(server: FakeApiServer, client: PluginClient): PluginBehaviour {
  const secret = client === 'proxy' ? '' : `refresh_token=${plantedSecret}-${client}\n`
  const kind = kinds[client]
  const issueFrom = { url: server.pluginEndpoint, user: `soak-${client}`, kind, lifetimeMs }
  return { issueFrom, stderr: secret }
}

// What each plugin gives: tokens alone, certificates alone, and both, so that every kind rotates.
const kinds = {
  undici: 'token',
  http2: 'both',
  fetch: 'certificate',
  https: 'both',
  proxy: 'both',
} as const satisfies Record<PluginClient, string>

/** Opens a world in a temporary folder of its own. */
export async function openWorld(journal: Journal): Promise<World> {
  const opened: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    const problems: unknown[] = []
    for (const end of opened.splice(0).toReversed()) {
      await end().then(undefined, (error: unknown) => problems.push(error))
    }
    if (problems.length > 0) throw problems[0]
  }
  try {
    return await furnish(journal, opened, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function furnish(
  journal: Journal,
  opened: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<World> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kubecred-soak-')))
  opened.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const server = await startServer()
  opened.push(() => server.close())
  // On a machine that is very busy a request may take so long that two credentials end under it.
  const excuses = [
    { troubles: ['status 401', 'not upgraded'], longerThanMs: lifetimeMs / 3 },
  ] as const
  const all = journal.oracle.begin(
    'credential ends under a slow request',
    excuses,
    performance.now(),
  )
  opened.push(async () => void (all.endedAt = performance.now()))
  const files = await CredentialFiles.create(folder, server)
  const usersOf = (client: ClientName): readonly string[] =>
    client === 'followed-proxy' ? files.followedUsers(performance.now()) : [`soak-${client}`]
  const service = new Service(server, journal, new RollCall(usersOf))
  const plugins = await makePlugins(folder, server)
  const watches = new Map(pluginClients.map((name) => [name, watchOf(name)]))
  opened.push(hearEvents(journal, watches, plugins))
  const kubeconfigs = await writeKubeconfigs(folder, server, plugins, files)
  const doors = new Map<DoorClient, DoorSoakClient>()
  for (const name of doorClients) {
    const kubeconfig = kubeconfigs.get(name) ?? ''
    const door = await DoorSoakClient.open({ name, kubeconfig, clock: new OffsetClock() })
    opened.push(() => door.close())
    doors.set(name, door)
  }
  const openProxy = async (name: 'proxy' | 'followed-proxy'): Promise<ProxiedClient> => {
    const listen = (): ((line: string) => void) => proxyListener(name, journal, watches)
    const kubeconfig = kubeconfigs.get(name) ?? ''
    const client = await ProxiedClient.open({ name, kubeconfig, listen })
    opened.push(() => client.close())
    return client
  }
  const proxy = await openProxy('proxy')
  const followedProxy = await openProxy('followed-proxy')
  const clients = [...doors.values(), proxy, followedProxy]
  const parts = { server, service, files, plugins, watches, doors, proxy, followedProxy, clients }
  return { journal, ...parts, close }
}

// Below the ports that systems give to outgoing connections, so that nobody takes it while it is down.
async function startServer(): Promise<FakeApiServer> {
  for (let port = 20_000 + (process.pid % 1000) * 10, tries = 0; ; port++, tries++) {
    try {
      return await startApiServer({ port })
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}

async function makePlugins(
  directory: string,
  server: FakeApiServer,
): Promise<Map<PluginClient, FakePlugin>> {
  const plugins = new Map<PluginClient, FakePlugin>()
  for (const name of pluginClients) {
    const behaviour = healthy(server, name)
    plugins.set(name, await createFakePlugin({ directory, name: `plugin-${name}`, behaviour }))
  }
  return plugins
}

// The cooldowns of the clients here are 0.3 s, 0.6 s, then 1 s, that of the proxy 1 s, 2 s, 4 s; and a run
// ahead of need that fails may be followed by another at once.
function watchOf(name: PluginClient): PluginWatch {
  return new PluginWatch(name, { windowMs: 5000, mostFailures: name === 'proxy' ? 6 : 9 })
}

async function writeKubeconfigs(
  folder: string,
  server: FakeApiServer,
  plugins: ReadonlyMap<PluginClient, FakePlugin>,
  files: CredentialFiles,
): Promise<Map<ClientName, string>> {
  const paths = new Map<ClientName, string>()
  for (const name of cast) {
    const path = join(folder, `config-${name}`)
    paths.set(name, path)
    const plugin = [...plugins].find(([client]) => client === name)?.[1]
    const user = plugin === undefined ? await files.userOf(name, path) : userWith(plugin, name)
    await writeKubeconfig(path, server.kubeconfig({ user, contextName: `soak-${name}` }))
  }
  return paths
}

function userWith(plugin: FakePlugin, name: ClientName): JsonObject {
  return plugin.user({ env: [{ name: 'LOGIN_SECRET', value: `${plantedSecret}-${name}` }] })
}
