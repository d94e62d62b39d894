import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { run } from '../../src/cli/run.ts'
import {
  createFakeClock,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
} from '../../src/doors/testing.ts'
import { FakeTerminal } from '../cli/fake-terminal.ts'
import { plantedToken } from '../cli/live-cluster.ts'
import { until } from '../testing/until.ts'
import { startKubectl, type KubectlOptions, type KubectlProcess } from './kubectl-process.ts'

/** A way for kubectl to an API server of its own. */
export interface Way {
  readonly server: FakeApiServer
  /** Where kubectl runs, and keeps what it knows of servers. */
  readonly folder: string
  /** Where kubectl thinks that the server is. */
  readonly address: string
  kubectl(args: readonly string[], options?: Omit<KubectlOptions, 'folder'>): KubectlProcess
  close(): Promise<void>
}

/** A proxy that runs. */
export interface RunningProxy {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  stop(): Promise<void>
}

/** Starts a proxy for the server of a kubeconfig. */
export type StartProxy = (kubeconfig: string, folder: string) => Promise<RunningProxy>

/** Straight to the server. */
export async function directWay(): Promise<Way> {
  const { server, folder, kubeconfig, close } = await startServer()
  return wayOf(server, folder, { flags: ['--kubeconfig', kubeconfig], address: server.url, close })
}

/** Through a proxy; kubectl knows nothing but its address. */
export async function proxiedWay(start: StartProxy): Promise<Way> {
  const { server, folder, kubeconfig, close } = await startServer()
  const proxy = await start(kubeconfig, folder)
  const address = `http://${proxy.address}`
  const empty = join(folder, 'empty')
  await writeFile(empty, '')
  return wayOf(server, folder, {
    flags: ['--kubeconfig', empty, '--server', address],
    address,
    async close() {
      await proxy.stop()
      await close()
    },
  })
}

/** `kubecred proxy`, in this process. */
export function kubecredProxy(...flags: readonly string[]): StartProxy {
  return async (kubeconfig) => {
    const terminal = new FakeTerminal()
    const ended = run(['proxy', '--port=0', '--kubeconfig', kubeconfig, ...flags], terminal)
    await until(() => terminal.out !== '')
    return {
      address: addressIn(terminal.out),
      async stop() {
        terminal.signal('SIGTERM')
        await ended
      },
    }
  }
}

/** `kubectl proxy`. */
export function kubectlProxy(...flags: readonly string[]): StartProxy {
  return async (kubeconfig, folder) => {
    const args = ['proxy', '--port=0', '--kubeconfig', kubeconfig, ...flags]
    const { child, stdout, ended } = startKubectl(args, { folder })
    await until(() => stdout().includes('\n'))
    return {
      address: addressIn(stdout()),
      async stop() {
        child.kill()
        await ended
      },
    }
  }
}

function addressIn(printed: string): string {
  const found = /^Starting to serve on (127\.0\.0\.1:\d+)\n$/u.exec(printed)?.[1]
  if (found === undefined) throw new Error(`the proxy printed: ${printed}`)
  return found
}

interface Started {
  readonly server: FakeApiServer
  readonly folder: string
  /** Path of one that leads to the server. */
  readonly kubeconfig: string
  close(): Promise<void>
}

/** A server that makes the same of the same requests each time, ages of objects and all. */
async function startServer(): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'kubecred-ways-'))
  const server = await startApiServer({
    tokens: { [plantedToken]: { user: 'alice', groups: ['devs'] } },
    rbac: (_user, _method, path) => !path.startsWith('/api/v1/namespaces/forbidden'),
    clock: createFakeClock(Date.UTC(2020, 0, 1)),
  })
  const kubeconfig = join(folder, 'config')
  await writeKubeconfig(kubeconfig, server.kubeconfig({ user: { token: plantedToken } }))
  const close = async (): Promise<void> => {
    await server.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return { server, folder, kubeconfig, close }
}

function wayOf(
  server: FakeApiServer,
  folder: string,
  how: Pick<Way, 'address' | 'close'> & { readonly flags: readonly string[] },
): Way {
  const { flags, address, close } = how
  return {
    server,
    folder,
    address,
    kubectl: (args, options) => startKubectl([...flags, ...args], { ...options, folder }),
    close,
  }
}
