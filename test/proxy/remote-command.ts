import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

import type { JsonObject } from '../../src/doors/index.ts'

/** What connects a client to a process in a pod, whatever the protocol. */
export interface RemoteStreams {
  readonly stdin: Readable | undefined
  readonly stdout: Writable | undefined
  readonly stderr: Writable | undefined
  /** Says how it ended, and ends the rest. */
  finish(status: JsonObject): void
}

/** Runs a program as the kubelet does for exec, on this machine. */
export function runForClient(
  command: readonly string[],
  folder: string,
  streams: RemoteStreams,
): void {
  const { stdin, stdout, stderr } = streams
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd: folder, stdio: 'pipe' })
  // It may end, or its client go, with input left.
  child.stdin.on('error', () => {})
  if (stdin === undefined) child.stdin.end()
  // A client that goes without a word has no more to say either.
  else stdin.once('close', () => child.stdin.end()).pipe(child.stdin)
  if (stdout !== undefined) child.stdout.pipe(stdout, { end: false })
  if (stderr !== undefined) child.stderr.pipe(stderr, { end: false })
  child.once('error', ({ message }) =>
    streams.finish(failure({ message, reason: 'InternalError' })),
  )
  child.once('close', (exitCode) => streams.finish(exitCode === 0 ? success : exited(exitCode)))
}

/** How a process ended that ended well. */
export const success: JsonObject = { metadata: {}, status: 'Success' }

function exited(exitCode: number | null): JsonObject {
  const message = `command terminated with non-zero exit code: exit status ${exitCode}`
  const causes = [{ reason: 'ExitCode', message: String(exitCode) }]
  return failure({ message, reason: 'NonZeroExitCode', details: { causes } })
}

function failure(facts: JsonObject): JsonObject {
  return { metadata: {}, status: 'Failure', ...facts }
}
