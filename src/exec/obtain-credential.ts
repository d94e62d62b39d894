import type { ExecConfig } from '../api/exec-config.ts'
import { execInfo } from '../api/exec-info.ts'
import { cleanPath } from '../api/go-path.ts'
import { readClientCertificate, type ClientCertificate } from '../credential/client-certificate.ts'
import { createCredential, type Credential } from '../credential/credential.ts'
import type { ProvideRequest } from '../credential/provider.ts'
import { messageOf, type ErrorDetails } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import type { Host } from '../host/host.ts'
import { policyRefusal } from './check-policy.ts'
import { hasControllingTerminal } from './controlling-terminal.ts'
import { pluginEnvironment } from './environment.ts'
import {
  exitError,
  notFoundError,
  relativeHitError,
  replyError,
  stoppedError,
  withDetails,
} from './exec-error.ts'
import type { ExecSettings } from './exec-options.ts'
import { planInteraction, type InteractivePlan } from './interactive-mode.ts'
import { lookPath } from './look-path.ts'
import { pluginPlaces } from './plugin-place.ts'
import { readReply, type Reply } from './read-reply.ts'
import { runPlugin, type PluginOutcome } from './run-plugin.ts'
import { isSecretName, scrub } from './scrub.ts'
import { isBareName } from './search-places.ts'
import { stderrTarget } from './stderr-target.ts'
import { takeTerminalTurn } from './terminal-turn.ts'
import type { Transcript } from './transcript.ts'

/** One run of a plugin, from its configuration to a credential. */
export interface ExecRun {
  readonly config: ExecConfig
  readonly settings: ExecSettings
  readonly host: Host
  readonly request: ProvideRequest
  /** Gives client-go's help for a plugin that is missing. */
  readonly installHelp: () => string
  /** What the plugin has printed. */
  readonly transcript: Transcript
  /** Set when the plugin's process has begun. */
  started: boolean
  /** Filled in when the plugin has ended. */
  exitCode: number | undefined
}

/** Runs the plugin and makes a credential of its reply; the steps are those of client-go. */
export async function obtainCredential(run: ExecRun): Promise<Credential> {
  const { config, request } = run
  request.explain?.(() => knownOf(run))
  try {
    const plan = interactionOf(run)
    const outcome = plan.interactive ? await inTurn(run, plan) : await inPlace(run, plan)
    request.signal.throwIfAborted()
    return readOutcome(run, outcome)
  } catch (error) {
    if (request.signal.aborted) throw stoppedError(config.command, request.signal.reason)
    throw withDetails(error, knownOf(run))
  }
}

function interactionOf({ config, settings, host, request }: ExecRun): InteractivePlan {
  return planInteraction({
    mode: config.interactiveMode,
    stdinIsTerminal: host.stdinIsTerminal,
    stdinUnavailable: settings.stdinUnavailable,
    stdinUnavailableMessage: settings.stdinUnavailableMessage,
    ahead: request.ahead,
  })
}

async function inTurn(run: ExecRun, plan: InteractivePlan): Promise<PluginOutcome> {
  const giveTurnOn = await takeTerminalTurn(run.request.signal)
  try {
    return await execute(run, plan)
  } finally {
    giveTurnOn()
  }
}

async function inPlace(run: ExecRun, plan: InteractivePlan): Promise<PluginOutcome> {
  const giveBack = await pluginPlaces.take(run.request.signal)
  try {
    return await execute(run, plan)
  } finally {
    giveBack()
  }
}

async function execute(run: ExecRun, plan: InteractivePlan): Promise<PluginOutcome> {
  const { config, settings, host, request } = run
  const env = environmentOf(run, plan)
  const path = await locate(run)
  const outcome = await runPlugin({
    command: config.command,
    path,
    args: config.args,
    env,
    stdin: plan.stdin,
    stderr: stderrTarget(settings.stderr),
    // In a group of its own a plugin could not prompt on the terminal, and would miss Ctrl-C.
    ownGroup: host.platform !== 'win32' && !plan.interactive && !hasControllingTerminal(),
    maxOutputBytes: settings.maxOutputBytes,
    transcript: run.transcript,
    signal: request.signal,
    host,
    clock: settings.clock,
    onStart: (pid) => {
      run.started = true
      const { reason } = request
      const { interactive } = plan
      publish('kubecred:exec:start', () => ({ command: config.command, interactive, reason, pid }))
    },
  })
  run.exitCode = outcome.exitCode
  return outcome
}

function environmentOf(run: ExecRun, { interactive }: InteractivePlan): Record<string, string> {
  const { config, settings, host, request } = run
  return pluginEnvironment({
    parent: host.env,
    inherit: settings.inheritEnv,
    env: settings.env,
    execEnv: config.env,
    execInfo: execInfo({
      apiVersion: config.apiVersion,
      interactive,
      cluster: config.provideClusterInfo ? settings.cluster : undefined,
      response: request.rejection,
    }),
    platform: host.platform,
  })
}

async function locate({ config, settings, host, installHelp }: ExecRun): Promise<string> {
  const command = cleanPath(config.command, host.platform)
  const { policy, policyOrigin: origin, searchPath } = settings
  const lookUp = await lookPath(command, host, searchPath)
  const refusal = await policyRefusal({ policy, origin, command, lookUp, host, searchPath })
  publish('kubecred:exec:policy', () => ({
    command: config.command,
    allowed: refusal === undefined,
  }))
  if (refusal !== undefined) throw refusal
  switch (lookUp.kind) {
    case 'found':
      return lookUp.path
    case 'relative':
      throw relativeHitError(command, installHelp())
    default:
      throw notFoundError(command, installHelp(), isBareName(command, host.platform))
  }
}

function readOutcome(run: ExecRun, outcome: PluginOutcome): Credential {
  if (outcome.exitCode !== 0) {
    throw exitError(run.config.command, outcome.exitCode, outcome.signalName)
  }
  const reply = readReply(outcome.stdout, run.config.apiVersion)
  const { token, expiresAt } = reply
  return createCredential({ token, expiresAt, certificate: certificateOf(reply) })
}

function certificateOf({ pair }: Reply): ClientCertificate | undefined {
  if (pair === undefined) return undefined
  try {
    return readClientCertificate(pair.certificatePem, pair.privateKeyPem)
  } catch (error) {
    throw replyError(
      `failed parsing client key/certificate: ${messageOf(error)}`,
      'the plugin must print a PEM certificate and the PEM key that belongs to it',
      error,
    )
  }
}

/** What is known of a run that failed, or does not end. */
function knownOf({ config, transcript, exitCode }: ExecRun): ErrorDetails {
  const secrets = config.env.filter(({ name }) => isSecretName(name))
  const stderrTail = scrub(transcript.stderr.text(), {
    stdout: new TextDecoder().decode(transcript.stdout.bytesSeen()),
    values: secrets.map(({ value }) => value),
  })
  return {
    command: config.command,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(stderrTail === '' ? {} : { stderrTail }),
  }
}
