import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { run } from '../../src/cli/run.ts'
import { FakeTerminal } from '../cli/fake-terminal.ts'
import { kubectlPath } from '../kubeconfig/kubectl.ts'
import { temporaryHome } from '../testing/temporary-home.ts'
import { until } from '../testing/until.ts'

/** A proxy that was started: it serves, or has said why it does not. */
export type StartedProxy =
  | { readonly kind: 'serves'; readonly port: number; readonly stop: () => Promise<void> }
  | { readonly kind: 'refuses'; readonly exitCode: number; readonly words: string }

/** Starts `kubecred proxy` in this process, on a free port. */
export async function startOurs(flags: readonly string[]): Promise<StartedProxy> {
  const terminal = new FakeTerminal()
  let exitCode: number | undefined
  const ended = run(['proxy', '--port=0', ...flags], terminal).then((code) => (exitCode = code))
  await until(() => terminal.out.includes('\n') || exitCode !== undefined)
  if (exitCode !== undefined) return { kind: 'refuses', exitCode, words: terminal.err }
  const stop = async (): Promise<void> => {
    terminal.signal('SIGTERM')
    await ended
  }
  return { kind: 'serves', port: portIn(terminal.out), stop }
}

/** Starts `kubectl proxy`, on a free port. */
export async function startTheirs(flags: readonly string[]): Promise<StartedProxy> {
  const child = spawn(kubectlPath ?? 'kubectl', ['proxy', '--port=0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: temporaryHome },
  })
  const closed = once(child, 'close')
  const [out, err] = [collect(child, 'stdout'), collect(child, 'stderr')]
  await until(() => out().includes('\n') || child.exitCode !== null)
  const { exitCode } = child
  if (exitCode !== null) {
    await closed
    return { kind: 'refuses', exitCode, words: err() }
  }
  const stop = async (): Promise<void> => {
    child.kill()
    await closed
  }
  return { kind: 'serves', port: portIn(out()), stop }
}

/** Ends it, if it serves. */
export async function stopProxy(proxy: StartedProxy | undefined): Promise<void> {
  if (proxy?.kind === 'serves') await proxy.stop()
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}

function portIn(printed: string): number {
  return Number(/^Starting to serve on 127\.0\.0\.1:(\d+)\n/u.exec(printed)?.[1])
}
