import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  createFakePlugin,
  startApiServer,
  writeKubeconfig,
  type FakeApiServer,
  type FakePlugin,
  type IssueFrom,
} from '../src/doors/testing.ts'
import { connect, type UndiciCluster } from '../src/doors/undici.ts'
import { Recorder } from './recorder.ts'

/** What every scene finds: a server, a plugin, a kubeconfig that leads to both. */
export interface Stage {
  readonly server: FakeApiServer
  readonly plugin: FakePlugin
  /** Path of the kubeconfig. */
  readonly kubeconfig: string
  /** Hears everything from the beginning on. */
  readonly recorder: Recorder
  /** The connection that the first scenes share. */
  readonly cluster: UndiciCluster
  /** A further connection, which knows no credential yet. */
  connect(): Promise<UndiciCluster>
  /** A scene's own record of the events that happen while it plays. */
  record<Result>(play: (recorder: Recorder) => Promise<Result>): Promise<Result>
  /** What the plugin does from its next run on: it takes a while and gets a credential. */
  issue(delayMs: number, from?: Omit<IssueFrom, 'url'>): Promise<void>
  /** Ends everything, and removes the temporary folder. */
  close(): Promise<void>
}

/** Sets up the stage: everything is on this machine and in a temporary folder. */
export async function openStage(): Promise<Stage> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'kubecred-demo-')))
  const opened: AsyncDisposable[] = [
    { [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }) },
  ]
  const close = async (): Promise<void> => {
    const problems: unknown[] = []
    for (const thing of opened.splice(0).toReversed()) {
      await thing[Symbol.asyncDispose]().then(undefined, (error: unknown) => problems.push(error))
    }
    if (problems.length > 0) throw problems[0]
  }
  try {
    return await furnish(directory, opened, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function furnish(
  directory: string,
  opened: AsyncDisposable[],
  close: () => Promise<void>,
): Promise<Stage> {
  const server = await startApiServer()
  opened.push(server)
  const plugin = await createFakePlugin({ directory, name: 'demo-plugin' })
  const kubeconfig = join(directory, 'config')
  const named = { contextName: 'kubecred-demo', user: plugin.user() }
  await writeKubeconfig(kubeconfig, server.kubeconfig(named))
  const recorder = new Recorder()
  opened.push({ [Symbol.asyncDispose]: async () => recorder[Symbol.dispose]() })

  const connectHere = async (): Promise<UndiciCluster> => {
    // What the plugin says goes into its errors, which the demo shows, and not between the lines.
    // Each scene begins without a credential: nothing is shared.
    const options = { kubeconfig, plugin: { stderr: 'ignore' }, shared: false } as const
    const cluster = await connect(options)
    opened.push(cluster)
    return cluster
  }
  return {
    server,
    plugin,
    kubeconfig,
    recorder,
    cluster: await connectHere(),
    connect: connectHere,
    record: async (play) => {
      const own = new Recorder()
      try {
        return await play(own)
      } finally {
        own[Symbol.dispose]()
      }
    },
    issue: async (delayMs, from = {}) => {
      await plugin.behave({ delayMs, issueFrom: { url: server.pluginEndpoint, ...from } })
    },
    close,
  }
}
