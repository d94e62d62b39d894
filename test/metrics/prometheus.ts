import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { installed } from '../testing/installed.ts'
import { until } from '../testing/until.ts'

/** Whether Prometheus is on this machine, the server and its tool. */
export const hasPrometheus: boolean =
  installed('prometheus', '--version') && installed('promtool', '--version')

/** The title of tests with Prometheus; tells why they are skipped where it is missing. */
export function besidePrometheus(title: string): string {
  return hasPrometheus ? title : `${title} (skipped: prometheus is not on PATH)`
}

/** One series, as a query gives it, without the labels that Prometheus adds. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A Prometheus server that scrapes one address. */
export class Prometheus {
  readonly #url: string
  readonly #stop: () => Promise<void>

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url
    this.#stop = stop
  }

  /**
   * Starts one, which is gone without a trace when it is closed.
   *
   * @param folder For what it writes.
   * @param target Host and port to scrape, several times a second.
   */
  static async start(folder: string, target: string): Promise<Prometheus> {
    const port = await freePort()
    const config = join(folder, 'prometheus.yml')
    const data = join(folder, 'prometheus-data')
    mkdirSync(data, { recursive: true })
    writeFileSync(config, configuration(target))
    const child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore', env: { PATH: process.env['PATH'], HOME: folder }, cwd: folder },
    )
    const closed = once(child, 'close')
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, async () => {
      child.kill()
      await closed
    })
    await until(async () => child.exitCode !== null || (await prometheus.#isReady()))
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`)
    return prometheus
  }

  /** What a query gives at this moment. */
  async query(query: string): Promise<readonly Sample[]> {
    const data = await this.#ask(`/api/v1/query?query=${encodeURIComponent(query)}`)
    // The form of an instant vector, as the documentation of the API gives it.
    const { result } = data as {
      readonly result: readonly { metric: Record<string, string>; value: [number, string] }[]
    }
    return result.map(({ metric, value: [, text] }) => {
      const own = Object.entries(metric).filter(([name]) => !addedLabels.has(name))
      return { labels: Object.fromEntries(own), value: goValue(text) }
    })
  }

  /** Type and help of every metric that it has found. */
  async metadata(): Promise<ReadonlyMap<string, { readonly type: string; readonly help: string }>> {
    const data = await this.#ask('/api/v1/metadata')
    // As the documentation of the API gives it: a list for each name, one entry for each form of it.
    const found = data as Readonly<Record<string, readonly { type: string; help: string }[]>>
    return new Map(
      Object.entries(found).flatMap(([name, all]) =>
        all.map(({ type, help }) => [name, { type, help }]),
      ),
    )
  }

  /** Why the last scrape failed; '' when it did not, undefined before the first. */
  async lastError(): Promise<string | undefined> {
    // As the documentation of the API gives it.
    const { activeTargets } = (await this.#ask('/api/v1/targets')) as {
      readonly activeTargets: readonly { lastError: string; health: string }[]
    }
    const [target] = activeTargets
    return target?.health === 'unknown' ? undefined : target?.lastError
  }

  async close(): Promise<void> {
    await this.#stop()
  }

  async #isReady(): Promise<boolean> {
    const response = await fetch(`${this.#url}/-/ready`).catch(() => undefined)
    return response?.ok === true
  }

  async #ask(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path)
    // Every answer of this API has this form.
    const { data, error } = (await response.json()) as { data?: unknown; error?: string }
    if (error !== undefined) throw new Error(error)
    return data
  }
}

/** What `promtool check metrics` has to say of a page of metrics; '' when it finds nothing. */
export function promtoolComplaints(page: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: page,
    encoding: 'utf8',
  })
  const words = `${stdout}${stderr}`
  return status === 0 || words !== '' ? words : `exit code ${status}`
}

const addedLabels = new Set(['__name__', 'instance', 'job'])

function configuration(target: string): string {
  return [
    'global: { scrape_interval: 200ms, scrape_timeout: 200ms }',
    'scrape_configs:',
    '  - job_name: kubecred',
    `    static_configs: [{ targets: [${JSON.stringify(target)}] }]`,
    '',
  ].join('\n')
}

function goValue(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
