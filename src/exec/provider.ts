import { execApiVersions, type ExecConfig } from '../api/exec-config.ts'
import type { Credential } from '../credential/credential.ts'
import type { CredentialProvider } from '../credential/provider.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { thisHost } from '../host/host.ts'
import { apiVersionError } from './exec-error.ts'
import { readExecOptions, type ExecOptions } from './exec-options.ts'
import { createInstallHelp } from './install-hint.ts'
import { obtainCredential, type ExecRun } from './obtain-credential.ts'
import { StoppingRuns } from './stopping-runs.ts'
import { Transcript } from './transcript.ts'

export type { ExecOptions } from './exec-options.ts'

/**
 * A provider that runs an exec credential plugin, by the rules of client-go.
 *
 * Each call is one run. A run that is aborted stops the plugin with all that it started: SIGTERM,
 * after a second SIGKILL; the next run begins when that one has gone. A process of the plugin's that
 * made a session of its own is out of reach.
 *
 * @throws TypeError for an option that cannot work.
 * @throws {@link KubecredError} `ERR_EXEC_CONFIG` for an unknown version, `ERR_EXEC_POLICY` for a plugin
 *   policy that contradicts itself.
 */
export function execProvider(config: ExecConfig, options: ExecOptions = {}): CredentialProvider {
  if (!execApiVersions.includes(config.apiVersion))
    throw apiVersionError(config.command, config.apiVersion)
  const settings = readExecOptions(options)
  const installHelp = createInstallHelp(config.installHint, settings.clock)
  const stopping = new StoppingRuns()
  return {
    name: `exec plugin "${config.command}"`,
    kind: 'exec',
    runsAhead: config.interactiveMode !== 'Always',
    async provide(request) {
      const host = settings.host ?? thisHost()
      const transcript = new Transcript(settings.maxOutputBytes)
      const before = { transcript, started: false, exitCode: undefined }
      await stopping.gone(request.signal)
      return await stopping.follow(
        reported({ config, settings, installHelp, host, request, ...before }),
        request.signal,
      )
    },
  }
}

async function reported(run: ExecRun): Promise<Credential> {
  const startedAt = run.settings.clock.now()
  const ended = (error?: unknown): void => {
    publish('kubecred:exec:end', () => ({
      command: run.config.command,
      ok: error === undefined,
      started: run.started,
      exitCode: run.exitCode,
      durationMs: run.settings.clock.now() - startedAt,
      errorCode: error instanceof KubecredError ? error.code : undefined,
    }))
  }
  try {
    const credential = await obtainCredential(run)
    ended()
    return credential
  } catch (error) {
    ended(error)
    throw error
  }
}
