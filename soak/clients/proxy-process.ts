import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { mainProgram, plainEnvironment } from '../../test/cli/kubecred-process.ts'

/** A `kubecred proxy` as a process of its own. */
export class ProxyProcess {
  readonly pid: number
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    const killAtExit = (): void => this.signal('SIGKILL')
    process.once('exit', killAtExit)
    child.once('exit', () => process.off('exit', killAtExit))
    this.pid = child.pid ?? 0
    this.port = port
  }

  /**
   * Starts it, and waits until it takes requests.
   *
   * @param hear Gets each line that it prints.
   */
  static async start(
    kubeconfig: string,
    hear: (line: string) => void,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ProxyProcess> {
    const args = ['proxy', '--port=0', '-v=6', '--kubeconfig', kubeconfig]
    const child = spawn(process.execPath, [mainProgram, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment(env),
    })
    const port = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => reject(new Error('the proxy did not start')))
      for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output }).on('line', (line) => {
          hear(line)
          const found = /^Starting to serve on \S+:(\d+)$/u.exec(line)?.[1]
          if (found !== undefined) resolve(Number(found))
        })
      }
    })
    return new ProxyProcess(child, port)
  }

  /** Ends it as a service manager does: how it ended, and after how long. */
  async stop(): Promise<{ readonly outcome: number | string | null; readonly tookMs: number }> {
    const startedAt = performance.now()
    this.signal('SIGTERM')
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit')
    }
    const outcome = this.#child.signalCode ?? this.#child.exitCode
    return { outcome, tookMs: performance.now() - startedAt }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}
