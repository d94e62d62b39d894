import { exitCodes, usageError } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import { formatted, readFormat } from './output-format.ts'
import type { Session } from './session.ts'
import { describeToken } from './token-description.ts'
import { tokenInspectFormats, type TokenInspectFlags } from './token-flags.ts'
import { checkedToken, readToken } from './token-input.ts'
import { tokenTable } from './token-table.ts'
import { readTokenWish, serviceAccountName } from './token-wish.ts'

/** Says what a token says of itself; the answer is the exit code. */
export async function tokenInspect(
  words: readonly string[],
  flags: GlobalFlags & TokenInspectFlags,
  session: Session,
): Promise<number> {
  const format = readFormat(flags.output, tokenInspectFormats)
  const token = await tokenOf(words, flags, session)
  const now = session.terminal.clock.now()
  const description = describeToken(token, now)
  await session.output.write(
    format === 'table' ? tokenTable(description, now) : await formatted(description, format),
  )
  return exitCodes.ok
}

async function tokenOf(
  words: readonly string[],
  flags: GlobalFlags & TokenInspectFlags,
  session: Session,
): Promise<string> {
  const { serviceAccount } = flags
  const [word, ...more] = words
  const wish = readTokenWish(flags)
  if (serviceAccount !== undefined) {
    if (word !== undefined) {
      throw usageError(
        'there is a token to look at, and --service-account to get one',
        'leave one of them out',
      )
    }
    const name = serviceAccountName(serviceAccount, 'for example: --service-account=deployer')
    // Loaded where there is a server to ask.
    const { tokenFromServer } = await import('./token-from-server.ts')
    const { token } = await tokenFromServer(name, wish, flags, session)
    return checkedToken(token, "the server's answer")
  }
  if (word === undefined || more.length > 0) {
    throw usageError(
      `exactly one token is required, got ${words.length}`,
      'give a file that holds it, - for standard input, or --service-account to get one',
    )
  }
  if (Object.values(wish).some((value) => value !== undefined)) {
    throw usageError(
      '--audience, --duration and --bound-object-* say what token to get, and there is one to look at',
      'leave them out, or say with --service-account whose token to get',
    )
  }
  return await readToken(word, session)
}
