import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

import { processState } from '../test/proxy/process-state.ts'
import type { World } from './world.ts'

/** What each proxy holds on to, as far as the system shows it: sockets, watches over files, children. */
export type ProxyHoldings = Readonly<Record<string, Readonly<Record<string, number>>>>

const settleMs = 15_000

/** What the proxies hold when they have just begun; nothing where the system does not show it. */
export async function freshProxyHoldings(world: World): Promise<ProxyHoldings> {
  const until = performance.now() + settleMs
  for (;;) {
    const holdings = await proxyHoldings(world)
    // A proxy takes requests a moment before it watches its kubeconfig.
    const watching = Object.values(holdings).every(({ watches = 0 }) => watches > 0)
    if (watching || performance.now() > until) return holdings
    await pause(50)
  }
}

async function proxyHoldings({ proxy, followedProxy }: World): Promise<ProxyHoldings> {
  if (process.platform !== 'linux') return {}
  const holdings: Record<string, Record<string, number>> = {}
  for (const { name, proxy: process } of [proxy, followedProxy]) {
    const { descriptors, children } = await processState(process.pid)
    const { socket = 0, 'anon_inode:inotify': watches = 0 } = descriptors
    holdings[name] = { socket, watches, children }
  }
  return holdings
}

/** When nobody asks them for anything any more, the proxies must hold what they held at first. */
export async function judgeProxies(world: World, before: ProxyHoldings): Promise<void> {
  const { journal, proxy, followedProxy, server } = world
  const until = performance.now() + settleMs
  proxy.disconnect()
  followedProxy.disconnect()
  for (;;) {
    await server.closeConnections()
    const after = await proxyHoldings(world)
    if (isDeepStrictEqual(after, before)) return
    if (performance.now() > until) {
      journal.breaks(
        `a proxy holds more at the end: ${JSON.stringify(before)} ${JSON.stringify(after)}`,
      )
      return
    }
    await pause(300)
  }
}
