import { membersOf, textOf } from '../api/json-shape.ts'
import { exitCodes } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import { readFormat } from './output-format.ts'
import type { Session } from './session.ts'
import { tokenCreateFormats, type TokenCreateFlags } from './token-flags.ts'
import { tokenFromServer, type ServersToken } from './token-from-server.ts'
import { oneName, readTokenWish } from './token-wish.ts'

/** Gets a new token of a ServiceAccount and prints it; the answer is the exit code. */
export async function tokenCreate(
  words: readonly string[],
  flags: GlobalFlags & TokenCreateFlags,
  session: Session,
): Promise<number> {
  const name = oneName(words, 'kubecred token create deployer')
  const format = readFormat(flags.output, tokenCreateFormats)
  const { answer, token } = await tokenFromServer(name, readTokenWish(flags), flags, session)
  // As kubectl: a reader on a terminal gets a line of his own, a program the token and no more.
  const bare = session.terminal.stdoutIsTerminal ? `${token}\n` : token
  await session.output.write(format === 'table' ? bare : await written(answer, format))
  return exitCodes.ok
}

/** The answer as kubectl prints it. */
async function written(
  answer: ServersToken['answer'],
  format: (typeof tokenCreateFormats)[number],
): Promise<string> {
  // Who wrote which field is of no use to a reader; kubectl leaves it out.
  const metadata = { ...membersOf(answer['metadata']), managedFields: undefined }
  const shown = { ...answer, metadata }
  switch (format) {
    case 'json':
      return `${JSON.stringify(shown, undefined, 4)}\n`
    case 'name':
      return `tokenrequest.authentication.k8s.io/${textOf(membersOf(answer['metadata'])['name'])}\n`
    case 'yaml': {
      const { stringify } = await import('yaml')
      const style = { lineWidth: 0, sortMapEntries: true, indentSeq: false } as const
      // Go quotes what YAML 1.1 would take for something else than a text: times, yes and no.
      return stringify(shown, { ...style, version: '1.1' })
    }
  }
}
