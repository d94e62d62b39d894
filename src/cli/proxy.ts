import type { Readable } from 'node:stream'

import { exitCodes, usageError } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import { narrate, requestLevel, whole } from './narrate.ts'
import { paint } from './paint.ts'
import { readRules } from './proxy-filter.ts'
import type { ProxyFlags } from './proxy-flags.ts'
import { ProxyServer } from './proxy-server.ts'
import type { Session } from './session.ts'
import { shownUrl } from './shown-url.ts'
import { chooseTarget } from './target.ts'

// What is under way gets this long when the proxy is asked to stop.
const drainMs = 10_000

/** Serves the API of the cluster on a local port until asked to stop. */
export async function proxy(flags: GlobalFlags & ProxyFlags, session: Session): Promise<number> {
  const { terminal, output, say, signal } = session
  const port = readPort(flags.port)
  const rules = flags.disableFilter === true ? undefined : readRules(flags)
  const { options } = await chooseTarget(flags, session)
  // A tenth of a second that only this command has to wait.
  const { connect } = await import('../doors/undici.ts')
  const cluster = await connect(options)
  const { origin, pathname } = new URL(cluster.server)
  const base = pathname.replace(/\/+$/u, '')
  const stopNarration = narrate(flags.v ?? 0, session)
  const server = new ProxyServer({
    address: flags.address,
    port,
    rules,
    clock: terminal.clock,
    send: (path, upstream, exchange) => {
      const limits = limitsOf(flags)
      // undici takes any async iterable, though its types name streams only.
      const body = upstream.body as unknown as Readable | null
      const request = { ...upstream, ...limits, origin, path: base + path, body }
      cluster.dispatcher.dispatch(request, exchange)
    },
    answered: ({ method, path, statusCode, durationMs }) => {
      if ((flags.v ?? 0) < requestLevel) return
      const url = shownUrl(new URL(origin + base + path))
      say(`${method} ${url} ${statusCode} in ${whole(durationMs)} milliseconds`)
    },
  })
  try {
    const where = await server.listen()
    warnOfOpenness(flags, session)
    await output.write(`Starting to serve on ${where}\n`)
    await aborted(signal)
    return exitCodes.ok
  } finally {
    await server.drain(signal.aborted ? drainMs : 0)
    await cluster.close()
    stopNarration()
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/u.test(text) && port <= 65_535) return port
  throw usageError(`invalid argument "${text}" for "-p, --port" flag`, 'a number from 0 to 65535')
}

/** Undici's limits: the head of a response has to come; its body may take as long as it likes. */
function limitsOf({ requestTimeout = 0 }: GlobalFlags): {
  readonly bodyTimeout: number
  readonly headersTimeout?: number
} {
  return { bodyTimeout: 0, ...(requestTimeout > 0 ? { headersTimeout: requestTimeout } : {}) }
}

function warnOfOpenness({ address, disableFilter }: ProxyFlags, { say, terminal }: Session): void {
  const warning = paint('Warning:', 'yellow', terminal)
  if (disableFilter === true) {
    say(
      `${warning} Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious`,
    )
  }
  if (!/^(?:127\.|::1$|localhost$)/u.test(address)) {
    say(`${warning} whoever can reach ${address} acts as you`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
