import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createFakePlugin, startApiServer, writeKubeconfig } from '../src/doors/testing.ts'
import { findKubectl } from '../scripts/find-kubectl.ts'
import { timeToFirstByte } from './child.ts'
import type { Part, Row } from './report.ts'
import { inTurns, median, ratios, spreadText, startStealMeter } from './statistics.ts'

const rounds = 21
const bundle = fileURLToPath(new URL('../dist/bin/kubecred.cjs', import.meta.url))

const bareGet = `
  const https = require('node:https')
  const fs = require('node:fs')
  const { url, token, ca } = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))
  https.get(url + '/version', { ca, headers: { authorization: 'Bearer ' + token } }, (r) => r.pipe(process.stdout))
`

/** Time to the first byte of \`kubecred request\` beside \`kubectl get --raw\`, in turns. */
export async function benchCommandLine(): Promise<Part> {
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

    const kubectl = findKubectl()
    const compared =
      kubectl === undefined
        ? []
        : [
            await compare(kubectl, '`kubecred request /version`, static token', fixed),
            await compare(
              kubectl,
              '`kubecred request /version`, plugin (a Node script)',
              withPlugin,
            ),
          ]
    const floors = [
      await floor('`node -e 0`', ['-e', '0']),
      await floor('a bare `node:https` GET', ['-e', bareGet, bare]),
    ]
    return {
      title: 'The command line, from its start to its first byte',
      rows: [...compared, ...floors],
      leftOut: kubectl === undefined ? 'kubectl is not installed.' : undefined,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(kubectl: string, work: string, kubeconfig: string): Promise<Row> {
  const steal = startStealMeter()
  const request = [bundle, 'request', '/version', '--kubeconfig', kubeconfig]
  const get = ['get', '--raw', '/version', '--kubeconfig', kubeconfig]
  const ours = async (): Promise<number> => await timeToFirstByte(process.execPath, request)
  const theirs = async (): Promise<number> => await timeToFirstByte(kubectl, get)
  await ours()
  await theirs()
  const times = await inTurns(rounds, ours, theirs)
  const ratio = ratios(times.ours, times.theirs)
  return {
    work,
    ours: `${median(times.ours).toFixed(1)} ms`,
    theirs: `${median(times.theirs).toFixed(1)} ms (kubectl get --raw)`,
    ratio: spreadText(ratio),
    goal: '<= 1.5',
    met: ratio.median <= 1.5,
    steal: steal(),
  }
}

async function floor(work: string, args: readonly string[]): Promise<Row> {
  const steal = startStealMeter()
  const times: number[] = []
  for (let round = 0; round < rounds; round++)
    times.push(await timeToFirstByte(process.execPath, args))
  return {
    work,
    ours: `${median(times).toFixed(1)} ms`,
    theirs: '–',
    ratio: '–',
    goal: '–',
    met: undefined,
    steal: steal(),
  }
}
