import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryHome } from '../testing/temporary-home.ts'

export const mainProgram: string = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** The command line as it is built and installed. */
export const builtProgram: string = fileURLToPath(
  new URL('../../dist/bin/kubecred.cjs', import.meta.url),
)

export interface ProcessOptions {
  /** Default: {@link mainProgram}. */
  readonly program?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What comes on standard input, or `open` for a pipe to write to; without it there is none. */
  readonly stdin?: string
}

/** The command line as a process of its own. */
export class KubecredProcess {
  readonly child: ChildProcess
  out = ''
  err = ''

  constructor(args: readonly string[], { program = mainProgram, env, stdin }: ProcessOptions = {}) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: plainEnvironment(env),
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text))
    this.child.stdin?.on('error', () => undefined)
    if (stdin !== 'open') this.child.stdin?.end(stdin)
  }

  /** How it ended: exit code, or the name of a signal. */
  async ended(): Promise<number | string | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'close')
    }
    return this.child.signalCode ?? this.child.exitCode
  }
}

/** An environment without the configuration of this machine, and without traces left behind. */
export function plainEnvironment(
  env: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: temporaryHome,
    NODE_DISABLE_COMPILE_CACHE: '1',
    // Node 22 says that it runs TypeScript.
    NODE_NO_WARNINGS: '1',
    ...env,
  }
}
