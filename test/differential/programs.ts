import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { Call, Case } from './case.ts'
import type { Stage } from './stage.ts'

/** A program to be observed. */
export interface Program {
  readonly name: 'kubectl' | 'kubecred'
  /** What is run, before the arguments of the call. */
  readonly command: readonly string[]
}

/** How a program ended. */
export interface Ended {
  /** Name of the signal, where one ended it. */
  readonly exitCode: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Kubecred's command line as it is built, which starts faster. */
export const builtKubecred: Program = kubecredAt('../../dist/bin/kubecred.cjs')

/** Kubecred's command line from its sources. */
export const kubecredFromSource: Program = kubecredAt('../../src/cli/main.ts')

function kubecredAt(path: string): Program {
  return { name: 'kubecred', command: [process.execPath, join(import.meta.dirname, path)] }
}

const terminal = join(import.meta.dirname, 'terminal.py')
// So long that only a program which hangs meets it.
const deadlineMs = 30_000

/** The body that `create` and `replace` send: both programs read it from this file of the case. */
export const bodyFile = 'body.json'

/** Runs a program to its end. */
export async function runProgram(
  { name, command }: Program,
  one: Case,
  stage: Stage,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const path = one.path ?? '/api/v1/namespaces/default'
  const flags = typeof one.flags === 'function' ? one.flags(stage) : (one.flags ?? [])
  const config = one.kubeconfig === false ? [] : ['--kubeconfig', join(stage.folder, 'config')]
  const call = calls[one.call ?? 'get'][name](path)
  const line = [...command, ...call, ...config, ...flags]
  const whole =
    one.stdin === 'terminal' ? ['python3', terminal, escaped(one.keys ?? ''), ...line] : line
  return await spawned(whole, one.stdin ?? 'null', { cwd: stage.folder, env })
}

const calls: Readonly<Record<Call, Readonly<Record<Program['name'], (path: string) => string[]>>>> =
  {
    get: {
      kubectl: (path) => ['get', '--raw', path],
      kubecred: (path) => ['request', path],
    },
    create: {
      kubectl: (path) => ['create', '--raw', path, '-f', bodyFile],
      kubecred: (path) => ['request', 'POST', path, '-d', `@${bodyFile}`],
    },
    replace: {
      kubectl: (path) => ['replace', '--raw', path, '-f', bodyFile],
      kubecred: (path) => ['request', 'PUT', path, '-d', `@${bodyFile}`],
    },
    delete: {
      kubectl: (path) => ['delete', '--raw', path],
      kubecred: (path) => ['request', 'DELETE', path],
    },
    whoami: {
      kubectl: () => ['auth', 'whoami', '-o', 'json'],
      kubecred: () => ['whoami', '-o', 'json'],
    },
    token: {
      kubectl: () => ['create', 'token', 'deployer'],
      kubecred: () => ['token', 'create', 'deployer'],
    },
  }

async function spawned(
  [command = '', ...args]: readonly string[],
  stdin: NonNullable<Case['stdin']>,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ended> {
  const file = stdin === 'file' ? openSync(join(options.cwd, 'config'), 'r') : undefined
  try {
    const child = spawn(command, args, {
      ...options,
      stdio: [file ?? (stdin === 'pipe' ? 'pipe' : 'ignore'), 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    })
    const ended = new Promise<number | string>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    })
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout === null ? '' : text(child.stdout),
      child.stderr === null ? '' : text(child.stderr),
      ended,
    ])
    return { exitCode, stdout, stderr }
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Keys as Python's escapes, so that any of them can be an argument. */
function escaped(keys: string): string {
  return [...Buffer.from(keys, 'utf8')]
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('')
}
