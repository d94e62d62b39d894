import { join } from 'node:path'

import { findKubectl } from '../scripts/find-kubectl.ts'
import { kubeconfigFor, writeKubeconfig } from '../src/testing/fake-kubeconfig.ts'
import { findProgram } from './find-program.ts'
import { startNginx } from './nginx.ts'
import { compareProxies, kubecredProxy } from './proxy-comparison.ts'
import type { Part, Row } from './report.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'

const title = 'The proxy'

/** `kubecred proxy` beside `kubectl proxy`, on the same upstream and under the same load. */
export async function benchProxy(): Promise<Part> {
  const nginx = findProgram('nginx')
  const wrk = findProgram('wrk')
  const kubectl = findKubectl()
  if (nginx === undefined || wrk === undefined || kubectl === undefined) {
    const leftOut =
      'nginx, wrk and kubectl are needed (Debian: `apt-get install nginx wrk`, and kubectl 1.x).'
    return { title, rows: [], leftOut }
  }
  using folder = await makeTemporaryFolder()
  await using upstream = await startNginx(nginx, folder.path)
  const { http2Port, http1Port, certificateAuthorityPem } = upstream
  const rows: Row[] = []
  for (const [name, port] of [
    ['HTTP/2', http2Port],
    ['HTTP/1.1 only', http1Port],
  ] as const) {
    const kubeconfig = join(folder.path, `kubeconfig-${port}`)
    const server = { url: `https://127.0.0.1:${port}`, certificateAuthorityPem }
    await writeKubeconfig(kubeconfig, kubeconfigFor(server, { user: { token: 'bench' } }))
    for (const connections of [1, 16, 64]) {
      const work = `upstream with ${name}, ${connections} at a time`
      const ours = kubecredProxy()
      const theirs = { name: 'kubectl proxy', command: kubectl, args: [] }
      const load = { work, wrk, kubeconfig, connections }
      rows.push(...(await compareProxies({ ...load, ours, theirs, judged: true })))
    }
  }
  // Which protocol to speak is a choice of ours: this is what it stands on.
  for (const connections of [1, 16, 64]) {
    const work = `the choice of HTTP/1.1, ${connections} at a time`
    const kubeconfig = join(folder.path, `kubeconfig-${http2Port}`)
    const [ours, theirs] = [kubecredProxy(), kubecredProxy('--http2')]
    const load = { work, wrk, kubeconfig, connections }
    rows.push(...(await compareProxies({ ...load, ours, theirs, judged: false })))
  }
  return { title, rows }
}
