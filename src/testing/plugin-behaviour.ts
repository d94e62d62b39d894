import type { JsonObject } from '../api/json.ts'

/** Where a fake plugin gets the credential that it prints. */
export interface IssueFrom {
  /** `pluginEndpoint` of a fake API server. */
  readonly url: string
  /** Default: `token`. */
  readonly kind?: 'token' | 'certificate' | 'both'
  /** Life of the credential, milliseconds. Default: the server's, an hour. */
  readonly lifetimeMs?: number
  /** Default: the server's, `alice`. */
  readonly user?: string
  /** Default: none. */
  readonly groups?: readonly string[]
}

/**
 * What a fake plugin does in one run, in the order of the fields. Nothing at all is a plugin that
 * prints nothing and ends with exit code 0.
 */
export interface PluginBehaviour {
  /** Goes on when SIGTERM arrives; only SIGKILL ends it. */
  readonly ignoreSigterm?: boolean
  /** Starts a process that inherits stdout and stderr and lives this long. */
  readonly grandchildMs?: number
  /** Text for stderr. */
  readonly stderr?: string
  /** Asks this on stderr and waits for a line on stdin; the run's `answer` is that line. */
  readonly prompt?: string
  /** Waits this long before it prints anything to stdout. */
  readonly delayMs?: number
  /** Never prints to stdout and never ends. */
  readonly hang?: boolean
  /**
   * An ExecCredential to print as JSON; `kind` and the `apiVersion` that the caller asked for are
   * filled in where they are missing.
   */
  readonly credential?: JsonObject
  /** Gets a credential from a fake API server and prints it as an ExecCredential. */
  readonly issueFrom?: IssueFrom
  /** Prints this as it stands, after any credential. */
  readonly stdout?: string | Uint8Array
  /** Prints `stdout` again and again until this many bytes have gone out. */
  readonly stdoutBytes?: number
  /** Lives on this long after its output. */
  readonly lingerMs?: number
  /** Ends by this signal, after all output is out. */
  readonly signal?: NodeJS.Signals
  /** Default: 0. */
  readonly exitCode?: number
}

/** A behaviour as the plugin's program reads it. */
export function behaviourAsJson(behaviour: PluginBehaviour): JsonObject {
  const { stdout, issueFrom, credential, ...plain } = behaviour
  return {
    ...plain,
    ...(stdout === undefined ? {} : { stdout: Buffer.from(stdout).toString('base64') }),
    ...(issueFrom === undefined ? {} : { issueFrom: issueUrl(issueFrom) }),
    ...(credential === undefined ? {} : { credential }),
  }
}

function issueUrl({ url, kind, lifetimeMs, user, groups }: IssueFrom): string {
  const target = new URL(url)
  if (kind !== undefined) target.searchParams.set('kind', kind)
  if (lifetimeMs !== undefined) target.searchParams.set('lifetimeMs', String(lifetimeMs))
  if (user !== undefined) target.searchParams.set('user', user)
  for (const group of groups ?? []) target.searchParams.append('group', group)
  return target.href
}
