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
  const rows: Row[] = []
  const leftOut: string[] = []

  const direct = async (how: 'kubecred' | 'client-node'): Promise<Burst> =>
    await runBurst({ how, many: howMany, target: kubeconfig, descriptors })
  const clientNode = (await loadClientNode()) !== undefined
  if (!clientNode) leftOut.push(`client-node ${clientNodeVersion}: npm could not install it.`)
  rows.push(
    await compare(
      'through the dispatcher',
      clientNode ? '`client-node`' : '',
      async () => await direct('kubecred'),
      clientNode ? async () => await direct('client-node') : undefined,
    ),
  )

  const other = await kubectl()
  if (other === undefined) leftOut.push(`kubectl proxy: ${noKubectl}`)
  for (const connections of [256, many]) {
    const throughProxy = async (contender: Contender): Promise<Burst> => {
      await using proxy = await startContender(contender, { kubeconfig, descriptors })
      const target = `${proxy.url}/version`
      return await runBurst({ how: 'url', many: howMany, target, connections })
    }
    rows.push(
      await compare(
        `through the proxy, from a client with ${connections.toLocaleString('en-US')} connections`,
        other?.name ?? '',
        async () => await throughProxy(kubecred()),
        other && (async () => await throughProxy(other)),
      ),
    )
  }
  return { rows, leftOut }
}

async function compare(
  work: string,
  beside: string,
  ours: () => Promise<Burst>,
  theirs: (() => Promise<Burst>) | undefined,
): Promise<Row> {
  const steal = startStealMeter()
  const sides = { ours: [await ours()], theirs: theirs === undefined ? [] : [await theirs()] }
  const measures = measuresOf(sides, [
    { name: 'failed', of: ({ failed }) => failed, goal: figureAtMost(0) },
    { name: 'for want of descriptors', of: ({ failures }) => failures['EMFILE'] ?? 0 },
    { name: 'slowest', unit: 'ms', of: ({ slowestMs }) => slowestMs },
  ])
  return { work, beside, measures, stealPercent: steal() }
}
