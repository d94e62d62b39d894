import { connect, type HttpsCluster } from '../doors/https.ts'
import { exitCodes } from './command-error.ts'
import { describeCredential } from './credential-description.ts'
import { startDeadline } from './deadline.ts'
import type { GlobalFlags } from './global-flags.ts'
import { identityTable, type Identity } from './identity.ts'
import { narrate } from './narrate.ts'
import { formatted, readFormat } from './output-format.ts'
import { paint } from './paint.ts'
import { bodyOf } from './print-response.ts'
import {
  answerOf,
  reviewQuestions,
  type ReviewAnswer,
  type ReviewQuestion,
} from './self-subject-review.ts'
import { retriesOf } from './retry-flags.ts'
import { sendRequest } from './send-request.ts'
import type { Session } from './session.ts'
import { chooseTarget } from './target.ts'
import { withTimeout } from './timeout-parameter.ts'
import { tokenClaims } from './token-claims.ts'
import { explainUnauthorized, watchForFailure } from './unauthorized.ts'
import { warningsIn } from '../api/warnings.ts'
import { whoamiFormats, type WhoamiFlags } from './whoami-flags.ts'

/** Asks the server who one is and says it, with the credential; the answer is the exit code. */
export async function whoami(flags: GlobalFlags & WhoamiFlags, session: Session): Promise<number> {
  const { terminal, say } = session
  const format = readFormat(flags.output, whoamiFormats)
  const { config, options } = await chooseTarget(flags, session)
  const deadline = startDeadline(flags.requestTimeout ?? 0, terminal.clock)
  const signal = AbortSignal.any([session.signal, deadline.signal])
  const stopNarration = narrate(flags.v ?? 0, session)
  const failure = watchForFailure()
  const cluster = await connect({ ...options, retries: retriesOf(flags) })
  try {
    const timeout = flags.requestTimeout ?? 0
    const answer = await ask(cluster, { level: flags.v ?? 0, timeout, signal, session })
    if (answer.kind === 'refused') {
      say(answer.text)
      if (answer.unauthorized) explainUnauthorized(failure.message(), session)
      return exitCodes.failed
    }
    if (answer.kind === 'unknown') say(`${paint('Warning:', 'yellow', terminal)} ${tooOld}`)
    const credential = cluster.source.current() ?? (await cluster.source.get({ signal }))
    const now = terminal.clock.now()
    const claims = answer.kind === 'user' ? undefined : tokenClaims(credential.token)
    const identity: Identity = {
      ...(answer.kind === 'user' ? { user: answer.user } : {}),
      ...(claims === undefined ? {} : { claims }),
      credential: describeCredential(credential, config, { now, showSecrets: false }),
    }
    await session.output.write(
      format === 'table' ? identityTable(identity, now) : await formatted(identity, format),
    )
    return exitCodes.ok
  } finally {
    deadline.cancel()
    await cluster.close()
    failure.stop()
    stopNarration()
  }
}

const tooOld =
  'the selfsubjectreviews API is not enabled in the cluster: the server is too old to be asked ' +
  '(Kubernetes 1.28 and later can); this is what the credential says'

interface Asking {
  readonly level: number
  /** Milliseconds that the server has; 0 for no limit. */
  readonly timeout: number
  readonly signal: AbortSignal
  readonly session: Session
}

/** The answer to the first version of the question that the server knows. */
async function ask(cluster: HttpsCluster, asking: Asking): Promise<ReviewAnswer> {
  let answer: ReviewAnswer = { kind: 'unknown' }
  for (const question of reviewQuestions) {
    answer = await put(question, cluster, asking)
    if (answer.kind !== 'unknown') break
  }
  return answer
}

async function put(
  { path, body }: ReviewQuestion,
  cluster: HttpsCluster,
  { level, timeout, signal, session }: Asking,
): Promise<ReviewAnswer> {
  const { terminal, say } = session
  const response = await sendRequest(
    cluster,
    {
      method: 'POST',
      path: withTimeout(path, timeout),
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      body,
      signal,
    },
    { level, say, clock: terminal.clock },
  )
  for (const warning of warningsIn(response.rawHeaders)) {
    say(`${paint('Warning:', 'yellow', terminal)} ${warning}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of bodyOf(response, { decode: true, signal })) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= longestAnswer) break
  }
  return answerOf({
    method: 'POST',
    statusCode: response.statusCode,
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
  })
}

// More than the answer ever is, even for a user in thousands of groups.
const longestAnswer = 2 ** 20
