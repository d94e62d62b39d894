import { openLimits, type OpenLimits } from '../proxy/open-limits.ts'
import type { ClusterUpstream } from '../proxy/cluster-upstream.ts'
import { followConfiguration } from '../proxy/follow-configuration.ts'
import type { ProxyAnswer } from '../proxy/proxy-events.ts'
import { ProxyServer, type ProxySettings } from '../proxy/server.ts'
import { serveStaticFiles } from '../proxy/static-files.ts'
import { Upstreams } from '../proxy/upstreams.ts'
import { aborted } from './aborted.ts'
import { exitCodes } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import { narrate, requestLevel, whole } from './narrate.ts'
import { proxyFailure } from './proxy-failure.ts'
import { FailureLog } from './proxy-failure-log.ts'
import { choosePluginPolicy } from './plugin-policy.ts'
import { keepAliveMs, type ProxyFlags } from './proxy-flags.ts'
import { listen, readAddress, readPlace } from './proxy-listen.ts'
import { metricsOf, type ProxyMetrics } from './proxy-metrics.ts'
import { proxyNews, tellOfFiles } from './proxy-news.ts'
import { readRoutes } from './proxy-routes.ts'
import { readRules } from './proxy-rules.ts'
import { proxyWarnings } from './proxy-warnings.ts'
import type { Session } from './session.ts'
import { shownUrl } from './shown-url.ts'
import { chooseTarget, chooseTargetUnder, underPolicy, type Target } from './target.ts'
import { boundMemory } from './bounded-memory.ts'

// What is under way gets this long when the proxy is asked to stop.
const drainMs = 10_000

/** Serves the API of the cluster on a local port until asked to stop. */
export async function proxy(flags: GlobalFlags & ProxyFlags, session: Session): Promise<number> {
  const { terminal, output, say, signal } = session
  const { clock } = terminal
  const level = flags.v ?? 0
  boundMemory()
  const place = readPlace(flags)
  const metricsPlace = readAddress('--metrics-address', flags.metricsAddress)
  const routes = readRoutes(flags)
  const rules = flags.disableFilter === true ? undefined : await readRules(flags)
  const target = await chooseTarget(flags, session)
  const { crowd, connections } = openLimits(say)
  const connect = async (to: Target): Promise<ClusterUpstream> =>
    await connectTo(to, { ...flags, connections })
  const upstreams = new Upstreams(await connect(target))
  const stopNarration = narrate(level, session)
  const failures = new FailureLog(clock, say)
  const metrics = metricsOf(metricsPlace, { clock, rules, inFlight: () => server.busy })
  const server: ProxyServer = new ProxyServer({
    ...listeners({ metrics, level, say, upstreams }),
    crowd,
    routes,
    rules,
    clock,
    keepAliveMs: flags.keepalive ?? keepAliveMs,
    answerTimeoutMs: flags.requestTimeout ?? 0,
    failed: (error) => {
      failures.tell(error)
      return proxyFailure(error)
    },
    upstream: () => upstreams.current,
    files:
      routes.files === undefined
        ? undefined
        : serveStaticFiles({ directory: flags.www ?? '', prefix: routes.files }),
  })
  const following = follow({ target, flags, upstreams, connect }, session)
  try {
    const metricsAt = await metrics?.listen()
    const where = await listen(server.listener, place)
    for (const warning of proxyWarnings(flags, target.config, terminal)) say(warning)
    const more = metricsAt === undefined ? '' : `Serving metrics on ${metricsAt}\n`
    await output.write(`Starting to serve on ${where}\n${more}`)
    await aborted(signal)
    return exitCodes.ok
  } finally {
    following.close()
    if (server.busy > 0) say(waitingFor(server.busy))
    await server.drain(signal.aborted ? drainMs : 0)
    await upstreams.close()
    metrics?.close()
    stopNarration()
  }
}

interface Followed {
  readonly target: Target
  readonly flags: GlobalFlags & ProxyFlags
  readonly upstreams: Upstreams<ClusterUpstream>
  readonly connect: (to: Target) => Promise<ClusterUpstream>
}

/** Has requests from now on go where the configuration leads when it has changed. */
function follow(
  { target, flags, upstreams, connect }: Followed,
  { terminal, say }: Session,
): { close(): void } {
  // The same context: that another is current now is no business of a proxy that runs. What there is
  // to warn of in a kubeconfig was said when the proxy started.
  const again = { ...flags, context: target.config.context }
  let { config } = target
  const stopTelling = tellOfFiles(() => config.auth.tokenFile, { terminal, say })
  const following = followConfiguration({
    connection: target,
    policy: target.policy,
    clock: terminal.clock,
    // A file at the usual place that has become unusable lifts no policy: it is an error here.
    loadPolicy: () => choosePluginPolicy(flags, terminal.host, true),
    load: (policy) => chooseTargetUnder(policy, again, { terminal, say: ignore }),
    use: async (chosen, policy) => {
      upstreams.replace(await connect(underPolicy(chosen, policy)))
      config = chosen.config
    },
    news: (news) => {
      for (const told of proxyNews(news, terminal)) say(told)
    },
  })
  return {
    close() {
      following.close()
      stopTelling()
    },
  }
}

async function connectTo(
  { options }: Target,
  {
    http2,
    rotationDrain,
    appendServerPath = false,
    connections,
  }: ProxyFlags & Pick<OpenLimits, 'connections'>,
): Promise<ClusterUpstream> {
  // Undici takes long to load, and only this command has to wait for it.
  const { connectUpstream } = await import('../proxy/cluster-upstream.ts')
  return await connectUpstream(options, {
    http2,
    drainMs: rotationDrain,
    appendServerPath,
    connections,
  })
}

interface Told {
  readonly metrics: ProxyMetrics | undefined
  readonly level: number
  readonly say: (line: string) => void
  readonly upstreams: Upstreams<ClusterUpstream>
}

/** Who hears of each request; nobody, where neither metrics nor a log are asked for. */
function listeners({
  metrics,
  level,
  say,
  upstreams,
}: Told): Pick<ProxySettings, 'answered' | 'refused'> {
  const isLogged = level >= requestLevel
  if (metrics === undefined && !isLogged) return {}
  return {
    answered: (answer) => {
      metrics?.requests.answered(answer)
      if (isLogged) say(line(answer, upstreams.current))
    },
    refused: ({ method, url, statusCode, words }) => {
      metrics?.requests.refused(method, statusCode)
      if (isLogged) say(`${method} ${url} refused: ${words}`)
    },
  }
}

function waitingFor(count: number): string {
  const what = count === 1 ? '1 request' : `${count} requests`
  return `waiting for ${what}, at most ${drainMs / 1000} s; asked again, it stops at once`
}

function line(answer: ProxyAnswer, upstream: ClusterUpstream): string {
  const { method, path, statusCode, durationMs } = answer
  return `${method} ${shownUrl(upstream.url(path))} ${statusCode} in ${whole(durationMs)} milliseconds`
}

function ignore(): void {}
