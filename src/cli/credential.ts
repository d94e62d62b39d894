import { credentialSource, type Credential } from '../doors/index.ts'
import { exitCodes } from './command-error.ts'
import { describeCredential } from './credential-description.ts'
import { credentialFormats, type CredentialFlags } from './credential-flags.ts'
import { credentialTable } from './credential-table.ts'
import { execCredential } from './exec-credential.ts'
import { startDeadline } from './deadline.ts'
import type { GlobalFlags } from './global-flags.ts'
import { narrate } from './narrate.ts'
import { formatted, readFormat } from './output-format.ts'
import type { Session } from './session.ts'
import { chooseTarget, type Target } from './target.ts'

/** Gets the credential and describes it; the answer is the exit code. */
export async function credential(
  flags: GlobalFlags & CredentialFlags,
  session: Session,
): Promise<number> {
  const format = readFormat(flags.output, credentialFormats)
  const target = await chooseTarget(flags, session)
  const deadline = startDeadline(flags.requestTimeout ?? 0, session.terminal.clock)
  const stopNarration = narrate(flags.v ?? 0, session)
  try {
    const signal = AbortSignal.any([session.signal, deadline.signal])
    const got = await getCredential(target, signal)
    await session.output.write(await written(got, target, format, flags, session))
    return exitCodes.ok
  } finally {
    deadline.cancel()
    stopNarration()
  }
}

type Format = ReturnType<typeof readFormat<(typeof credentialFormats)[number]>>

async function getCredential(
  { config, options }: Target,
  signal: AbortSignal,
): Promise<Credential> {
  const source = await credentialSource(config, options)
  try {
    return await source.get({ signal })
  } finally {
    await source.close()
  }
}

async function written(
  got: Credential,
  { config }: Target,
  format: Format,
  { showSecrets = false }: CredentialFlags,
  { terminal }: Session,
): Promise<string> {
  const now = terminal.clock.now()
  if (format === 'exec-credential') {
    return await formatted(execCredential(got, terminal.host.env), 'json')
  }
  const description = describeCredential(got, config, { now, showSecrets })
  if (format === 'table') return credentialTable(description, now)
  return await formatted(description, format)
}
