import type { Server } from 'node:http'

import { createPageServer, type Page } from '../proxy/page-server.ts'
import { metricsPath } from './metrics-page.ts'
import { listen, readAddress, type Place } from './proxy-listen.ts'
import type { TokenProjectFlags } from './token-project-flags.ts'

/** What can be asked for. */
export interface ProjectPageMakers {
  readonly live: () => Page
  readonly ready: () => Page
  readonly metrics: () => Page
}

interface Site {
  readonly place: Place
  /** What it is for, in words. */
  readonly what: string
  readonly paths: readonly (readonly [path: string, maker: keyof ProjectPageMakers])[]
}

/**
 * What is to be served where, by the flags; health and metrics at one address are one server.
 *
 * @throws {@link CommandError} A usage error for what is no address.
 */
export function readSites({ healthAddress, metricsAddress }: TokenProjectFlags): readonly Site[] {
  const health = readAddress('--health-address', healthAddress)
  const metrics = readAddress('--metrics-address', metricsAddress)
  const ofHealth = [
    ['/healthz', 'live'],
    ['/readyz', 'ready'],
  ] as const
  const ofMetrics = [[metricsPath, 'metrics']] as const
  if (health !== undefined && metrics !== undefined && healthAddress === metricsAddress) {
    return [{ place: health, what: 'health and metrics', paths: [...ofHealth, ...ofMetrics] }]
  }
  return [
    ...(health === undefined ? [] : [{ place: health, what: 'health', paths: ofHealth }]),
    ...(metrics === undefined ? [] : [{ place: metrics, what: 'metrics', paths: ofMetrics }]),
  ]
}

/** Servers of health and metrics. */
export class ProjectPages {
  readonly #servers: Server[] = []

  /**
   * Serves the sites.
   *
   * @returns A line on each: `Serving health on 127.0.0.1:8080`.
   * @throws {@link CommandError} When a place cannot be had.
   */
  async serve(sites: readonly Site[], makers: ProjectPageMakers): Promise<readonly string[]> {
    const lines: string[] = []
    for (const { place, what, paths } of sites) {
      const pages = new Map(paths.map(([path, maker]) => [path, makers[maker]] as const))
      // Whoever may come to the port may read them, by whatever name: nothing secret is there.
      const server = createPageServer({ pages, rules: undefined })
      this.#servers.push(server)
      lines.push(`Serving ${what} on ${await listen(server, place)}`)
    }
    return lines
  }

  /** Ends at once, with every connection. */
  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }
}
