import { KubecredError, type ErrorDetails } from '../errors/kubecred-error.ts'
import { systemWords } from '../host/system-words.ts'

/** The configuration names a version that does not exist. */
export function apiVersionError(command: string, apiVersion: string): KubecredError {
  const message = `exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`
  return new KubecredError('ERR_EXEC_CONFIG', message, {
    hint: 'use client.authentication.k8s.io/v1 or /v1beta1, whichever the plugin speaks',
    details: { command },
  })
}

/** The plugin policy is none; `problem` is in client-go's words. */
export function policyError(problem: string, hint: string): KubecredError {
  return new KubecredError('ERR_EXEC_POLICY', `invalid plugin policy: ${problem}`, { hint })
}

/** The plugin policy refuses the plugin; `message` is in client-go's words. */
export function notAllowedError(message: string, hint: string): KubecredError {
  return new KubecredError('ERR_EXEC_NOT_ALLOWED', message, { hint })
}

/** The plugin must prompt, and cannot: `why` is in client-go's words. */
export function interactiveError(why: string, hint: string): KubecredError {
  const message = `exec plugin cannot support interactive mode: ${why}`
  return new KubecredError('ERR_EXEC_INTERACTIVE', message, { hint })
}

/** The executable is not there; `help` is the text of client-go and of the plugin's vendor. */
export function notFoundError(command: string, help: string, inPath: boolean): KubecredError {
  const hint = inPath
    ? `install ${command} or add its folder to PATH; a program started from a desktop often has a short PATH`
    : `install it at ${command}, or correct "command" in the kubeconfig`
  return new KubecredError('ERR_EXEC_NOT_FOUND', `exec: executable ${command} not found${help}`, {
    hint,
    details: { command },
  })
}

/** The executable was found through a relative entry of PATH, which is a trap and not a place. */
export function relativeHitError(command: string, help: string): KubecredError {
  return new KubecredError('ERR_EXEC_NOT_FOUND', `exec: executable ${command} not found${help}`, {
    // Go's words, which client-go drops.
    cause: new Error(
      `exec: "${command}": cannot run executable found relative to current directory`,
    ),
    hint: 'take relative and empty entries out of PATH, or name the plugin by its whole path',
    details: { command },
  })
}

/** The executable is there and could not be started; `code` is the system's. */
export function startError(
  command: string,
  path: string,
  code: string,
  hint: string | undefined = startHints[code],
): KubecredError {
  return new KubecredError('ERR_EXEC_START', `exec: fork/exec ${path}: ${systemWords(code)}`, {
    // Not Node's own error: that one carries the arguments of the plugin.
    cause: Object.assign(new Error(`spawn ${code}`), { code }),
    hint,
    details: { command },
  })
}

/** The plugin ended by itself, and not well. */
export function exitError(
  command: string,
  exitCode: number,
  signalName: string | undefined,
): KubecredError {
  const message = `exec: executable ${command} failed with exit code ${exitCode}`
  const byHand = exitHints[exitCode] ?? `run ${command} by hand to see what it says`
  return new KubecredError('ERR_EXEC_FAILED', message, {
    hint: signalName === undefined ? byHand : `the signal ${signalName} ended it`,
  })
}

/** The plugin printed more than it may. */
export function outputLimitError(command: string, maxOutputBytes: number): KubecredError {
  return new KubecredError(
    'ERR_EXEC_OUTPUT_LIMIT',
    `exec: executable ${command} printed more than ${maxOutputBytes} bytes and was stopped`,
    {
      hint: 'a credential is a few kilobytes; "maxOutputBytes" raises the limit',
      details: { command },
    },
  )
}

/** The plugin printed something that is not a usable credential. */
export function replyError(message: string, hint: string, cause?: unknown): KubecredError {
  const base = { hint }
  return new KubecredError(
    'ERR_EXEC_REPLY',
    message,
    cause === undefined ? base : { ...base, cause },
  )
}

/** The same error, telling also which plugin it was and what that one wrote to standard error. */
export function withDetails(error: unknown, details: ErrorDetails): unknown {
  if (!(error instanceof KubecredError)) return error
  // client-go's words for a reply do not say whose it was.
  const isOfReply = error.code === 'ERR_EXEC_REPLY'
  return new KubecredError(error.code, error.message, {
    ...('cause' in error ? { cause: error.cause } : {}),
    hint: isOfReply ? whose(error.hint, details.command) : error.hint,
    details: { ...details, ...error.details },
  })
}

function whose(hint: string | undefined, command: string | undefined): string | undefined {
  return hint === undefined || command === undefined ? hint : `${command}: ${hint}`
}

/** The run was given up from outside: the reason itself, where it is one of our errors. */
export function stoppedError(command: string, reason: unknown): KubecredError {
  if (reason instanceof KubecredError) return reason
  return new KubecredError('ERR_CLOSED', `exec plugin "${command}": stopped before it answered`, {
    cause: reason,
    details: { command },
  })
}

const startHints: Readonly<Record<string, string>> = {
  E2BIG: 'the arguments and the environment together are too long for the system',
  EACCES: 'make the file executable (chmod +x), and check that its folders can be entered',
  EAGAIN: 'the user has as many processes as the limit allows (ulimit -u)',
  EINVAL: 'an argument or a variable of the exec entry holds a NUL byte or a line end',
  EMFILE: 'this process has as many files open as the limit allows (ulimit -n)',
  ENFILE: 'the system has as many files open as it can',
  ENOEXEC: 'the file is built for another system, or is a script without a "#!" line',
  ENOMEM: 'the system is out of memory',
  ETXTBSY: 'the file is being written; try again',
}

const exitHints: Readonly<Record<number, string>> = {
  126: 'a program that the plugin calls cannot be executed',
  127: 'a program that the plugin calls was not found',
}
