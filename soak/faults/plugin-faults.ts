import { rename } from 'node:fs/promises'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { PluginBehaviour } from '../../src/doors/testing.ts'
import { pluginClients, type PluginClient } from '../cast.ts'
import { fault, type Fault, type FaultUnderWay, type Scene } from '../fault.ts'
import type { Excuse } from '../oracle.ts'
import { healthy, type World } from '../world.ts'
import { revokeShown } from './revoke.ts'
import { answeredEarly } from './server-faults.ts'

/** Everything that can be wrong with a plugin. */
export const pluginFaults: readonly Fault[] = [
  // Slow plugins and those that leave something behind give a credential all the same.
  sick('plugin slow', (world, client) => ({ ...healthy(world.server, client), delayMs: 1500 }), []),
  sick(
    'plugin leaves a grandchild with the pipe',
    (world, client) => ({ ...healthy(world.server, client), grandchildMs: 4000 }),
    [],
  ),
  sick(
    'plugin lives on after its answer',
    (world, client) => ({ ...healthy(world.server, client), lingerMs: 700 }),
    [],
  ),
  sick(
    'plugin talks without end',
    (world, client) => ({
      ...healthy(world.server, client),
      stderr: `${client === 'proxy' ? 'word '.repeat(40_000) : `${plantedSecret} `.repeat(10_000)}\n`,
    }),
    [],
  ),
  failing('plugin hangs', () => ({ hang: true })),
  failing('plugin ignores SIGTERM', () => ({ hang: true, ignoreSigterm: true })),
  failing('plugin fails', () => ({ exitCode: 1, stderr: `password=${plantedSecret}\n` })),
  failing('plugin prints garbage', () => ({ stdout: `not JSON, ${plantedSecret}\n` })),
  failing('plugin prints another kind', () => ({
    credential: { kind: 'Config', status: { token: plantedSecret } },
  })),
  failing('plugin prints without end', () => ({
    stdout: `${plantedSecret}\n`,
    stdoutBytes: 200_000_000,
  })),
  failing('plugin ends with 0 and nothing', () => ({})),
  failing('plugin is killed', () => ({ signal: 'SIGKILL' })),
  failing('plugin dies half-way', () => ({
    stdout: `{"kind":"ExecCredential","status":{"token":"${plantedSecret}`,
    exitCode: 3,
  })),
  sick(
    'plugin gives an expired token',
    (world, client) => issuing(world, client, { kind: 'token', lifetimeMs: -1000 }),
    [{ troubles: ['status 401', 'not upgraded'] }],
  ),
  sick(
    'plugin gives a token that the server does not know',
    () => ({ credential: { status: { token: `${plantedSecret}-unknown` } } }),
    [{ troubles: ['status 401', 'not upgraded'] }],
  ),
  sick('plugin gives the same token again', sameToken, []),
  sick(
    'plugin gives a certificate that soon ends',
    (world, client) => issuing(world, client, { kind: 'certificate', lifetimeMs: 2500 }),
    [],
  ),
  missing(),
]

type Ail = (world: World, client: PluginClient) => PluginBehaviour

/** A fault of what the plugin does, felt at once: the credential that it gave before is revoked. */
function sick(name: string, ail: Ail, excuses: readonly Excuse[]): Fault {
  return fault({
    name,
    group: 'plugin',
    targets: pluginClients,
    claims: (client) => [client],
    lasts: [1500, 4000],
    async begin(scene, client) {
      const { world } = scene
      await world.plugins.get(client)?.behave(ail(world, client))
      revokeShown(world, client)
      return underWay(scene, client, excuses)
    },
  })
}

/** One of which no credential comes. */
function failing(name: string, ail: () => PluginBehaviour): Fault {
  // A 401 that no better credential is found for is the answer.
  return sick(name, (_, client) => (client === 'proxy' ? withoutSecretWords(ail()) : ail()), [
    { troubles: ['credential', 'status 401', 'not upgraded'] },
  ])
}

// What the plugin of a command line writes to standard error is for the terminal, as it is.
function withoutSecretWords({ stderr, ...rest }: PluginBehaviour): PluginBehaviour {
  return stderr === undefined ? rest : { ...rest, stderr: 'please log in again\n' }
}

function issuing(
  { server }: World,
  client: PluginClient,
  how: { readonly kind: 'token' | 'certificate'; readonly lifetimeMs: number },
): PluginBehaviour {
  return { issueFrom: { url: server.pluginEndpoint, user: `soak-${client}`, ...how } }
}

function sameToken({ server }: World, client: PluginClient): PluginBehaviour {
  const { token } = server.issueToken({ user: `soak-${client}`, lifetimeMs: 600_000 })
  const expirationTimestamp = new Date(Date.now() + 2000).toISOString()
  return { credential: { status: { token, expirationTimestamp } } }
}

function missing(): Fault {
  return fault({
    name: 'plugin is not there',
    group: 'plugin',
    targets: pluginClients,
    claims: (client) => [client],
    lasts: [1000, 3000],
    async begin(scene, client) {
      const { world } = scene
      const command = world.plugins.get(client)?.command ?? ''
      await rename(command, `${command}.away`)
      revokeShown(world, client)
      const { excuses, affected } = underWay(scene, client, [
        { troubles: ['credential', 'status 401', 'not upgraded'] },
      ])
      return { excuses, affected, lift: () => rename(`${command}.away`, command) }
    },
  })
}

function underWay(
  { world }: Scene,
  client: PluginClient,
  excuses: readonly Excuse[],
): FaultUnderWay {
  const mayFail = excuses.some(({ troubles }) => troubles.includes('credential'))
  return {
    excuses: excusesOf(client, excuses),
    affected: [client],
    async lift() {
      const plugin = world.plugins.get(client)
      await plugin?.behave(healthy(world.server, client))
      // A proxy waits five minutes for a plugin that hangs; somebody ends it by hand. Nobody ends one that
      // gives an answer, whatever it is: whoever waits for that has no excuse to fail.
      if (client === 'proxy' && mayFail)
        for (const { pid } of (await plugin?.runs()) ?? []) end(pid)
      await plugin?.clearRuns()
    },
  }
}

function excusesOf(client: PluginClient, excuses: readonly Excuse[]): readonly Excuse[] {
  if (excuses.length === 0) return []
  return [
    ...excuses.map((excuse) => ({ ...excuse, clients: [client] })),
    ...answeredEarly([client]),
  ]
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
