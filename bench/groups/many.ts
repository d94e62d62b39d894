import { join } from 'node:path'

import { kubeconfigFor, writeKubeconfig } from '../../src/testing/fake-kubeconfig.ts'
import type { Effort } from '../measure/effort.ts'
import { measuresOf } from '../measure/figures.ts'
import { startStealMeter } from '../measure/steal.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import { clientNodeVersion, loadClientNode } from '../peers/client-node-package.ts'
import {
  kubecred,
  kubectl,
  noKubectl,
  startContender,
  type Contender,
} from '../peers/contenders.ts'
import { runBurst, type Burst } from '../processes/run-burst.ts'
import { startUpstream, upstreamToken } from '../processes/start-upstream.ts'
import { makeTemporaryFolder } from '../processes/temporary-folder.ts'

const many = 5000
const descriptors = 1024

/** Many requests at once where there are few file descriptors. */
export async function benchMany(effort: Effort): Promise<Found> {
  if (process.platform === 'win32') {
    return { rows: [], leftOut: ['all of it: Windows has no such limit.'] }
  }
  await using upstream = await startUpstream()
  using folder = await makeTemporaryFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  const { port, ca } = upstream.ready
  const server = { url: `https://127.0.0.1:${port}`, certificateAuthorityPem: ca }
  await writeKubeconfig(kubeconfig, kubeconfigFor(server, { user: { token: upstreamToken } }))
  const howMany = effort.amount(many)
  const clientNode = (await loadClientNode()) !== undefined
  const other = await kubectl()
  const contests = [
    directly(kubeconfig, howMany, clientNode),
    throughProxy(kubeconfig, howMany, other, 256),
    throughProxy(kubeconfig, howMany, other, many),
  ]
  const rows: Row[] = []
  for (const contest of contests) {
    effort.tell(contest.work)
    rows.push(await play(contest))
  }
  const leftOut = [
    ...(clientNode ? [] : [`client-node ${clientNodeVersion}: npm could not install it.`]),
    ...(other === undefined ? [`kubectl proxy: ${noKubectl}`] : []),
  ]
  return { rows, leftOut }
}

interface Contest {
  readonly work: string
  readonly beside: string
  readonly ours: () => Promise<Burst>
  readonly theirs: (() => Promise<Burst>) | undefined
}

function directly(target: string, howMany: number, clientNode: boolean): Contest {
  const burst = (how: 'kubecred' | 'client-node') => async () =>
    await runBurst({ how, many: howMany, target, descriptors })
  return {
    work: 'through the dispatcher',
    beside: clientNode ? '`client-node`' : '',
    ours: burst('kubecred'),
    theirs: clientNode ? burst('client-node') : undefined,
  }
}

function throughProxy(
  kubeconfig: string,
  howMany: number,
  other: Contender | undefined,
  connections: number,
): Contest {
  const burst = (contender: Contender) => async () => {
    await using proxy = await startContender(contender, { kubeconfig, descriptors })
    const target = `${proxy.url}/version`
    return await runBurst({ how: 'url', many: howMany, target, connections })
  }
  return {
    work: `through the proxy, from a client with ${connections.toLocaleString('en-US')} connections`,
    beside: other?.name ?? '',
    ours: burst(kubecred()),
    theirs: other && burst(other),
  }
}

async function play({ work, beside, ours, theirs }: Contest): Promise<Row> {
  const steal = startStealMeter()
  const sides = { ours: [await ours()], theirs: theirs === undefined ? [] : [await theirs()] }
  const measures = measuresOf(sides, [
    { name: 'failed', of: ({ failed }) => failed, goal: figureAtMost(0) },
    { name: 'for want of descriptors', of: ({ failures }) => failures['EMFILE'] ?? 0 },
    { name: 'slowest', unit: 'ms', of: ({ slowestMs }) => slowestMs },
  ])
  return { work, beside, measures, stealPercent: steal() }
}
