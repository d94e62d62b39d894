import { askCluster, type Conversation } from './ask-cluster.ts'
import { exitCodes } from './command-error.ts'
import { describeCredential } from './credential-description.ts'
import type { GlobalFlags } from './global-flags.ts'
import { identityTable, type Identity } from './identity.ts'
import { formatted, readFormat } from './output-format.ts'
import { paint } from './paint.ts'
import { answerOf, reviewQuestions, type ReviewAnswer } from './self-subject-review.ts'
import type { Session } from './session.ts'
import { tokenClaims } from './token-claims.ts'
import { explainUnauthorized } from './unauthorized.ts'
import { whoamiFormats, type WhoamiFlags } from './whoami-flags.ts'

/** Asks the server who one is and says it, with the credential; the answer is the exit code. */
export async function whoami(flags: GlobalFlags & WhoamiFlags, session: Session): Promise<number> {
  const { terminal, say } = session
  const format = readFormat(flags.output, whoamiFormats)
  return await askCluster(flags, session, async (conversation) => {
    const { cluster, config, signal, failure } = conversation
    const answer = await ask(conversation)
    if (answer.kind === 'refused') {
      say(answer.text)
      if (answer.unauthorized) explainUnauthorized(failure(), session)
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
  })
}

const tooOld =
  'the selfsubjectreviews API is not enabled in the cluster: the server is too old to be asked ' +
  '(Kubernetes 1.28 and later can); this is what the credential says'

/** The answer to the first version of the question that the server knows. */
async function ask({ post }: Conversation): Promise<ReviewAnswer> {
  let answer: ReviewAnswer = { kind: 'unknown' }
  for (const { path, body } of reviewQuestions) {
    answer = answerOf(await post(path, body))
    if (answer.kind !== 'unknown') break
  }
  return answer
}
