import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createFakePlugin, startApiServer, writeKubeconfig } from '../src/doors/testing.ts'
import { findKubectl } from '../scripts/find-kubectl.ts'
import { timeCommand } from './child.ts'
import type { Row } from './report.ts'
import { median, ratios } from './statistics.ts'

const rounds = 21
const bundle = fileURLToPath(new URL('../dist/bin/kubecred.js', import.meta.url))

const bareGet = `
  const https = require('node:https')
  const fs = require('node:fs')
  const { url, token, ca } = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))
  https.get(url + '/version', { ca, headers: { authorization: 'Bearer ' + token } }, (r) => r.resume())
`

/** Wall time of \`kubecred request\` beside \`kubectl get --raw\`, in turns. */
export async function benchCommandLine(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubecred-bench-'))
  await using server = await startApiServer()
  try {
    const { token } = server.issueToken()
    const fixed = join(folder, 'fixed')
    await writeKubeconfig(fixed, server.kubeconfig({ user: { token } }))
    const plugin = await createFakePlugin({ directory: folder })
    await plugin.behave({ issueFrom: { url: server.pluginEndpoint } })
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: plugin.command,
      interactiveMode: 'Never',
    }
    const withPlugin = join(folder, 'exec')
    await writeKubeconfig(withPlugin, server.kubeconfig({ user: { exec } }))
    const bare = join(folder, 'bare.json')
    await writeKubeconfig(bare, { url: server.url, token, ca: server.certificateAuthorityPem })

    return [
      ...(await compare('`kubecred request /version`, static token', fixed)),
      ...(await compare('`kubecred request /version`, plugin (a Node script)', withPlugin)),
      await floor('`node -e 0`', ['-e', '0']),
      await floor('a bare `node:https` GET', ['-e', bareGet, bare]),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(work: string, kubeconfig: string): Promise<Row[]> {
  const kubectl = findKubectl()
  if (kubectl === undefined) {
    process.stdout.write(`kubectl is not installed: "${work}" is left out\n`)
    return []
  }
  const ours: number[] = []
  const theirs: number[] = []
  const run = {
    ours: async () =>
      await timeCommand(process.execPath, [
        bundle,
        'request',
        '/version',
        '--kubeconfig',
        kubeconfig,
      ]),
    theirs: async () =>
      await timeCommand(kubectl, ['get', '--raw', '/version', '--kubeconfig', kubeconfig]),
  }
  await run.ours()
  await run.theirs()
  for (let round = 0; round < rounds; round++) {
    ours.push(await run.ours())
    theirs.push(await run.theirs())
  }
  const ratio = ratios(ours, theirs)
  return [
    {
      work,
      ours: `${median(ours).toFixed(1)} ms`,
      theirs: `${median(theirs).toFixed(1)} ms (kubectl get --raw)`,
      ratio: `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`,
      goal: '<= 2.0',
      met: ratio.median <= 2,
    },
  ]
}

async function floor(work: string, args: readonly string[]): Promise<Row> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await timeCommand(process.execPath, args))
  return {
    work,
    ours: `${median(times).toFixed(1)} ms`,
    theirs: '–',
    ratio: '–',
    goal: '–',
    met: undefined,
  }
}
