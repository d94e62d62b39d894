import { connect, type HttpsCluster } from '../doors/https.ts'
import type { ConnectionConfig } from '../doors/index.ts'
import type { RefusingResponse } from '../api/server-status.ts'
import { warningsIn } from '../api/warnings.ts'
import { startDeadline } from './deadline.ts'
import type { GlobalFlags } from './global-flags.ts'
import { narrate } from './narrate.ts'
import { paint } from './paint.ts'
import { bodyOf } from './print-response.ts'
import { retriesOf, type RetryFlags } from './retry-flags.ts'
import { sendRequest } from './send-request.ts'
import type { Session } from './session.ts'
import { chooseTarget } from './target.ts'
import { withTimeout } from './timeout-parameter.ts'
import { watchForFailure } from './unauthorized.ts'

/** The cluster that the flags choose, to be asked questions. */
export interface Conversation {
  readonly cluster: HttpsCluster
  readonly config: ConnectionConfig
  readonly signal: AbortSignal
  /** Why there was no better credential, after a 401. */
  readonly failure: () => string | undefined
  /** POSTs JSON; the server's warnings go to stderr. The answer may be one that refuses. */
  post(path: string, body: string): Promise<RefusingResponse>
}

/**
 * Opens a conversation with the cluster that the flags choose, for as long as `use` takes.
 *
 * @throws {@link KubecredError}, {@link CommandError} As `chooseTarget`; what `use` throws.
 */
export async function askCluster<Result>(
  flags: GlobalFlags & RetryFlags,
  session: Session,
  use: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const { config, options } = await chooseTarget(flags, session)
  const deadline = startDeadline(flags.requestTimeout ?? 0, session.terminal.clock)
  const stopNarration = narrate(flags.v ?? 0, session)
  const { message: failure, stop } = watchForFailure()
  let cluster: HttpsCluster | undefined
  try {
    cluster = await connect({ ...options, retries: retriesOf(flags) })
    const signal = AbortSignal.any([session.signal, deadline.signal])
    const post = poster(cluster, flags, session, signal)
    return await use({ cluster, config, signal, failure, post })
  } finally {
    deadline.cancel()
    await cluster?.close()
    stop()
    stopNarration()
  }
}

function poster(
  cluster: HttpsCluster,
  { requestTimeout = 0, v: level = 0 }: GlobalFlags,
  { terminal, say }: Session,
  signal: AbortSignal,
): Conversation['post'] {
  return async (path, body) => {
    const response = await sendRequest(
      cluster,
      {
        method: 'POST',
        path: withTimeout(path, requestTimeout),
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body,
        signal,
      },
      { level, say, clock: terminal.clock },
    )
    for (const warning of warningsIn(response.rawHeaders)) {
      say(`${paint('Warning:', 'yellow', terminal)} ${warning}`)
    }
    return {
      method: 'POST',
      statusCode: response.statusCode,
      contentType: response.headers['content-type'] ?? '',
      body: await beginningOf(bodyOf(response, { decode: true, signal })),
    }
  }
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= longestAnswer) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

// More than an answer ever is, even to who is in thousands of groups.
const longestAnswer = 2 ** 20
