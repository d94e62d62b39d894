import { readTokenReply } from '../api/token-request.ts'
import { Secret } from '../doors/index.ts'
import { latestRenewal } from '../doors/token.ts'
import { CommandError, exitCodes } from './command-error.ts'
import { execCredential } from './exec-credential.ts'
import type { GlobalFlags } from './global-flags.ts'
import { formatted } from './output-format.ts'
import type { Session } from './session.ts'
import type { TokenWishFlags } from './token-flags.ts'
import { tokenFromServer, type ServersToken } from './token-from-server.ts'
import { oneName, readTokenWish } from './token-wish.ts'

/** Prints a new token of a ServiceAccount as an exec plugin does; the answer is the exit code. */
export async function tokenCredential(
  words: readonly string[],
  flags: GlobalFlags & TokenWishFlags,
  session: Session,
): Promise<number> {
  const name = oneName(words, 'kubecred token credential deployer -n ci')
  const got = await tokenFromServer(name, readTokenWish(flags), flags, session)
  const credential = {
    token: new Secret(got.token),
    certificate: undefined,
    expiresAt: renewalOf(got),
  }
  const printed = execCredential(credential, session.terminal.host.env)
  await session.output.write(await formatted(printed, 'json'))
  return exitCodes.ok
}

/**
 * When the caller shall run the plugin again, by the clock of this machine, which is its clock, too.
 *
 * client-go uses a credential until the end that the plugin names, and not a moment less. With the true
 * end a request could come to the server just after it, and all would where this clock goes behind the server's.
 * So this is the kubelet's latest renewal, counted from when the token was asked for.
 */
export function renewalOf({ answer, askedAt }: Pick<ServersToken, 'answer' | 'askedAt'>): number {
  const result = readTokenReply(answer)
  if ('problem' in result) {
    throw new CommandError(`failed to create token: ${result.problem}`, {
      hint: 'is there something else between here and the API server?',
    })
  }
  const { expiresAt, expirationSeconds } = result.reply
  // One that does not say how long it lasts is taken at its end, by this clock.
  const seconds = expirationSeconds ?? Math.max(0, Math.floor((expiresAt - askedAt) / 1000))
  return latestRenewal({ expiresAt: askedAt + seconds * 1000, expirationSeconds: seconds })
}
