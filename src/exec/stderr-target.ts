import { isatty } from 'node:tty'

/** Where a plugin's standard error goes: chunk by chunk, as it comes. */
export type StderrSink = (chunk: Uint8Array) => void

/** What a program can say about a plugin's standard error. */
export type StderrOption = 'inherit' | 'ignore' | StderrSink

/**
 * Decides how a plugin's standard error is connected.
 *
 * A terminal is handed down as it is, because plugins look whether they have one before they
 * prompt, and then nobody can read along. Anything else (a log file, a service's journal) goes
 * through a pipe and is forwarded at once: nobody is prompted there, and the last lines are what
 * explains a failure.
 */
export function stderrTarget(
  option: StderrOption,
  isTerminal: boolean = isatty(2),
  forward: StderrSink = writeToStderr,
): 'inherit' | StderrSink {
  if (option === 'ignore') return () => undefined
  if (option !== 'inherit') return option
  return isTerminal ? 'inherit' : forward
}

function writeToStderr(chunk: Uint8Array): void {
  const { stderr } = process
  stderr.write(chunk, (error) => {
    // Whoever read our standard error has gone. That is no reason to bring the program down.
    if (error && stderr.listenerCount('error') === 0) stderr.once('error', () => undefined)
  })
}
