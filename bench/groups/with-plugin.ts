import { join } from 'node:path'

import { kubeconfigFor } from '../../src/testing/fake-kubeconfig.ts'
import { createFakePlugin, writeKubeconfig, type FakePlugin } from '../../src/doors/testing.ts'
import type { Effort } from '../measure/effort.ts'
import { measuresOf, type Figure } from '../measure/figures.ts'
import { startStealMeter } from '../measure/steal.ts'
import type { Row } from '../page/results.ts'
import {
  kubecred,
  kubectl,
  noKubectl,
  startContender,
  type Contender,
} from '../peers/contenders.ts'
import { startBenchServer, type BenchServer } from '../processes/start-api-server.ts'
import type { RunningProxy } from '../processes/proxy-process.ts'
import { makeTemporaryFolder } from '../processes/temporary-folder.ts'

/** A server, a plugin that gets credentials from it, a kubeconfig that names both. */
export interface Stage extends AsyncDisposable {
  readonly server: BenchServer
  readonly plugin: FakePlugin
  readonly kubeconfig: string
}

/** Sets them up. */
export async function openStage(): Promise<Stage> {
  const server = await startBenchServer()
  const folder = await makeTemporaryFolder()
  const plugin = await createFakePlugin({ directory: folder.path, name: 'bench-plugin' })
  const kubeconfig = join(folder.path, 'kubeconfig')
  await writeKubeconfig(kubeconfig, kubeconfigFor(server.where, { user: plugin.user() }))
  return {
    server,
    plugin,
    kubeconfig,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

/** What came of both sides. */
export interface Played<Round> {
  /** Why the other side is missing; empty when it is there. */
  readonly leftOut: readonly string[]
  /** A row with these figures. */
  row(work: string, figures: readonly Figure<Round>[]): Row
}

/**
 * Plays the same with a new `kubecred proxy` and a new `kubectl proxy`, in turns; the plugin and the
 * server begin to count anew each time.
 */
export async function playBoth<Round>(
  { server, plugin, kubeconfig }: Stage,
  rounds: number,
  tell: Effort['tell'],
  play: (proxy: RunningProxy) => Promise<Round>,
): Promise<Played<Round>> {
  const playWith = async (contender: Contender): Promise<Round> => {
    tell(contender.name)
    await server.forget()
    await plugin.clearRuns()
    await using proxy = await startContender(contender, { kubeconfig })
    return await play(proxy)
  }
  const steal = startStealMeter()
  const other = await kubectl()
  const sides = { ours: [] as Round[], theirs: [] as Round[] }
  for (let round = 0; round < rounds; round++) {
    sides.ours.push(await playWith(kubecred()))
    if (other !== undefined) sides.theirs.push(await playWith(other))
  }
  const stealPercent = steal()
  return {
    leftOut: other === undefined ? [`kubectl proxy: ${noKubectl}`] : [],
    row: (work, figures) => {
      const measures = measuresOf(sides, figures)
      return { work, beside: other?.name ?? '', measures, stealPercent }
    },
  }
}
