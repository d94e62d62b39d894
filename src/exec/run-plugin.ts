import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { win32 } from 'node:path'

import type { Clock } from '../credential/clock.ts'
import { systemCodeOf } from '../errors/kubecred-error.ts'
import type { Host } from '../host/host.ts'
import { letGoOf, pipesDrained, pipesOf } from './child-pipes.ts'
import { readVariable } from './environment.ts'
import { outputLimitError, startError } from './exec-error.ts'
import { stopAtExit } from './exit-guard.ts'
import { psArguments, readProcessTable, type ProcessRow } from './process-table.ts'
import { mayExecute, readScriptHead } from './executable-file.ts'
import type { StderrSink } from './stderr-target.ts'
import { stopProcessTree } from './stop-process-tree.ts'
import {
  groupTarget,
  treeTarget,
  windowsTarget,
  type SendSignal,
  type StopTarget,
} from './stop-target.ts'
import type { Transcript } from './transcript.ts'
import { batchCommand, isBatchFile } from './windows-batch.ts'

/** One run of a plugin: everything is decided, it only has to be done. */
export interface PluginRun {
  /** The command as the configuration has it: the plugin sees it as its own name. */
  readonly command: string
  /** Absolute path of the executable. */
  readonly path: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: 'inherit' | 'null'
  readonly stderr: 'inherit' | StderrSink
  /** Whether the plugin leads a process group of its own; without one it shares our terminal. */
  readonly ownGroup: boolean
  /** The most that it may print on standard output. */
  readonly maxOutputBytes: number
  /** Where its output is kept. */
  readonly transcript: Transcript
  /** Stops the plugin and all that it started. */
  readonly signal: AbortSignal
  readonly host: Pick<Host, 'platform' | 'env'>
  readonly clock: Clock
  readonly onStart: (pid: number) => void
}

/** How a plugin ended. */
export interface PluginOutcome {
  readonly stdout: Uint8Array
  /** -1 when a signal ended it. */
  readonly exitCode: number
  /** The signal that ended it. */
  readonly signalName: string | undefined
}

/**
 * Runs a plugin to its end. The child holds neither this process nor its event loop alive: whoever
 * waits does.
 *
 * @throws {@link KubecredError} `ERR_EXEC_START`, `ERR_EXEC_OUTPUT_LIMIT`; or the reason of the
 * signal. By then the plugin has been stopped, and with it whatever it started.
 */
export async function runPlugin(run: PluginRun): Promise<PluginOutcome> {
  run.signal.throwIfAborted()
  await refuseWithoutFormat(run)
  run.signal.throwIfAborted()
  const child = start(run)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const target = child.pid === undefined ? undefined : targetOf(child, child.pid, run)
  const release = stopAtExit(() => target?.signal('SIGKILL'))
  try {
    return await watch(child, run)
  } catch (error) {
    if (target !== undefined) await stopProcessTree(target, run.clock, exited)
    for (const pipe of pipesOf(child)) pipe.destroy()
    throw error
  } finally {
    release()
  }
}

// Where the system refuses a file, the C library's exec would hand it to a shell instead.
async function refuseWithoutFormat({ host, command, path }: PluginRun): Promise<void> {
  if (host.platform === 'win32') return
  const head = await readScriptHead(path)
  if (head.kind === 'none' && (await mayExecute(path))) throw startError(command, path, 'ENOEXEC')
}

function start(run: PluginRun): ChildProcess {
  const { command, path, args, env, host, stdin, stderr } = run
  const batch = host.platform === 'win32' && isBatchFile(path)
  const line = batch ? batchCommand(path, args, host.env) : { file: path, args }
  if (line === undefined) throw startError(command, path, 'EINVAL')
  try {
    const child = spawn(line.file, line.args, {
      ...(batch ? { windowsVerbatimArguments: true } : { argv0: command }),
      env,
      detached: run.ownGroup,
      windowsHide: stdin !== 'inherit',
      stdio: [
        stdin === 'inherit' ? 'inherit' : 'ignore',
        'pipe',
        stderr === 'inherit' ? 'inherit' : 'pipe',
      ],
    })
    letGoOf(child)
    return child
  } catch (error) {
    // Node throws by itself for a NUL byte; its error shows the text around it.
    const code = systemCodeOf(error)
    throw startError(command, path, code?.startsWith('ERR_') === false ? code : 'EINVAL')
  }
}

async function watch(child: ChildProcess, run: PluginRun): Promise<PluginOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PluginOutcome>()
  const stdout = collectStdout(child, run, reject)
  passStderrOn(child, run, reject)
  const onAbort = (): void => {
    reject(run.signal.reason)
  }
  run.signal.addEventListener('abort', onAbort, { once: true })
  child.once('spawn', () => {
    if (child.pid !== undefined) run.onStart(child.pid)
  })
  child.once('error', (error) => void explainStart(run, error).then(reject))
  child.once('exit', (code, signalName) => {
    // It has ended: nothing is left to stop, and what it left behind on purpose stays.
    run.signal.removeEventListener('abort', onAbort)
    void pipesDrained(child, run.clock).then(() => {
      resolve({
        stdout: stdout(),
        exitCode: code ?? -1,
        signalName: signalName ?? undefined,
      })
    })
  })
  return await promise.finally(() => {
    run.signal.removeEventListener('abort', onAbort)
  })
}

function collectStdout(
  { stdout }: ChildProcess,
  { command, maxOutputBytes, transcript }: PluginRun,
  fail: (error: unknown) => void,
): () => Uint8Array {
  const onData = (chunk: Uint8Array): void => {
    if (transcript.stdout.add(chunk)) return
    stdout?.destroy()
    fail(outputLimitError(command, maxOutputBytes))
  }
  stdout?.on('data', onData).on('error', fail)
  return () => {
    // A process that was left behind may still write: it is read, so that it is not broken off.
    stdout?.off('data', onData).resume()
    return transcript.stdout.bytes()
  }
}

function passStderrOn(
  { stderr }: ChildProcess,
  { stderr: sink, transcript }: PluginRun,
  fail: (error: unknown) => void,
): void {
  stderr?.on('error', fail).on('data', (chunk: Uint8Array) => {
    transcript.stderr.add(chunk)
    try {
      if (sink !== 'inherit') sink(chunk)
    } catch (error) {
      fail(error)
    }
  })
}

async function explainStart(run: PluginRun, error: unknown): Promise<unknown> {
  const code = systemCodeOf(error) ?? 'EINVAL'
  const head = code === 'ENOENT' ? await readScriptHead(run.path) : undefined
  const hint = head?.kind === 'script' ? noInterpreter(head.interpreter) : undefined
  return startError(run.command, run.path, code, hint)
}

function noInterpreter(path: string): string {
  const name = /^[\w./+-]{1,100}$/u.test(path) ? `, ${path},` : ''
  return `the program named in its "#!" line${name} is not there`
}

function targetOf(child: ChildProcess, pid: number, { host, ownGroup }: PluginRun): StopTarget {
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null
  if (host.platform === 'win32') return windowsTarget(hasExited, () => taskkill(pid, host))
  const table = (): ProcessRow[] => readProcessTable(host.platform, ps)
  return (ownGroup ? groupTarget : treeTarget)({ pid, hasExited, table, send })
}

const send: SendSignal = (pid, signal) => {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH'
  }
}

// These two wait, because there is no later while the process exits.
function ps(): string {
  const { stdout, error } = spawnSync('/bin/ps', psArguments, { encoding: 'utf8' })
  return error === undefined ? stdout : ''
}

function taskkill(pid: number, { env }: Pick<Host, 'env'>): void {
  const root = readVariable(env, 'SystemRoot', 'win32') ?? 'C:\\Windows'
  const tool = win32.join(root, 'System32', 'taskkill.exe')
  spawnSync(tool, ['/T', '/F', '/PID', String(pid)], { windowsHide: true, stdio: 'ignore' })
}
