import { connect, type HttpsRequest, type HttpsResponse } from '../doors/https.ts'
import type { PluginOptions, RetryOptions } from '../doors/index.ts'
import { exitCodes } from './command-error.ts'
import { startDeadline, type Deadline } from './deadline.ts'
import type { GlobalFlags } from './global-flags.ts'
import { narrate } from './narrate.ts'
import { paint } from './paint.ts'
import { isSuccess, printRefusal, printSuccess, type Printing } from './print-response.ts'
import { contentTypeFor, isStandardInput, readBody, type RequestBody } from './request-body.ts'
import type { RequestFlags } from './request-flags.ts'
import { completeHeaders, readHeaders } from './request-headers.ts'
import { readRequestLine } from './request-line.ts'
import { retriesOf } from './retry-flags.ts'
import { sendRequest } from './send-request.ts'
import type { Session } from './session.ts'
import { chooseTarget, type Target } from './target.ts'
import { withTimeout } from './timeout-parameter.ts'
import { explainUnauthorized, watchForFailure } from './unauthorized.ts'
import { warningsIn } from '../api/warnings.ts'

type Flags = GlobalFlags & RequestFlags

/** Sends a request and prints what comes back; the answer is the exit code. */
export async function request(
  words: readonly string[],
  flags: Flags,
  session: Session,
): Promise<number> {
  const prepared = await prepare(words, flags, session)
  const deadline = startDeadline(flags.requestTimeout ?? 0, session.terminal.clock)
  const stopNarration = narrate(flags.v ?? 0, session)
  const failure = watchForFailure()
  try {
    const response = await perform(prepared, flags, session, deadline)
    if (response.statusCode === 401) explainUnauthorized(failure.message(), session)
    return isSuccess(response) ? exitCodes.ok : exitCodes.failed
  } finally {
    deadline.cancel()
    prepared.body?.release()
    failure.stop()
    stopNarration()
  }
}

/** A request that only has to be sent. */
interface Prepared {
  readonly target: Target
  readonly request: HttpsRequest & { readonly method: string; readonly path: string }
  readonly body: RequestBody | undefined
  readonly retries: RetryOptions
  readonly printing: Pick<Printing, 'include' | 'decode'>
}

async function prepare(
  words: readonly string[],
  { data, header = [], include = false, ...flags }: Flags,
  session: Session,
): Promise<Prepared> {
  const { terminal, signal } = session
  const { method, path } = readRequestLine(words, data !== undefined)
  const given = readHeaders(header)
  const target = await chooseTarget(flags, session, pluginOptions(data))
  const body = data === undefined ? undefined : await readBody(data, terminal, signal)
  const ownEncoding = given.some(([name]) => name.toLowerCase() === 'accept-encoding')
  const compress = !ownEncoding && !target.config.server.disableCompression
  const headers = completeHeaders(given, {
    Accept: 'application/json, */*',
    'Content-Type': body === undefined ? undefined : contentTypeFor(method, body.looksLike),
    'Accept-Encoding': compress ? 'gzip' : undefined,
  })
  return {
    target,
    request: {
      method,
      path: withTimeout(path, flags.requestTimeout ?? 0),
      headers,
      body: body?.content,
    },
    body,
    retries: retriesOf(flags),
    // A HEAD has nothing else to show.
    printing: { include: include || method === 'HEAD', decode: compress },
  }
}

function pluginOptions(data: string | undefined): PluginOptions {
  if (!isStandardInput(data)) return {}
  return { stdinUnavailable: true, stdinUnavailableMessage: 'used by the body of the request' }
}

async function perform(
  { target, request: asked, retries, printing }: Prepared,
  { v: level = 0 }: Flags,
  { terminal, output, say, signal: stop }: Session,
  deadline: Deadline,
): Promise<HttpsResponse> {
  const signal = AbortSignal.any([stop, deadline.signal])
  const { clock } = terminal
  const cluster = await connect({ ...target.options, retries })
  try {
    const response = await sendRequest(cluster, { ...asked, signal }, { level, say, clock })
    deadline.answered()
    for (const warning of warningsIn(response.rawHeaders)) {
      say(`${paint('Warning:', 'yellow', terminal)} ${warning}`)
    }
    const how = { ...printing, output, signal }
    if (isSuccess(response)) await printSuccess(response, how)
    else say(await printRefusal(response, asked.method, how))
    return response
  } finally {
    await cluster.close()
  }
}
