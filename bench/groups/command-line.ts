import { join } from 'node:path'

import { kubeconfigFor } from '../../src/testing/fake-kubeconfig.ts'
import { writeKubeconfig } from '../../src/doors/testing.ts'
import type { Effort } from '../measure/effort.ts'
import { inTurns, measure } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { ratioAtMost } from '../page/goal.ts'
import type { Found, Row } from '../page/results.ts'
import { bundle, kubectl, noKubectl } from '../peers/contenders.ts'
import { timeToFirstByte } from '../processes/child.ts'
import { startUpstream, upstreamToken } from '../processes/start-upstream.ts'
import { makeTemporaryFolder } from '../processes/temporary-folder.ts'
import { openStage } from './with-plugin.ts'

const rounds = 21

const bareGet = `
  const https = require('node:https')
  const fs = require('node:fs')
  const { url, token, ca } = JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))
  https.get(url + '/version', { ca, headers: { authorization: 'Bearer ' + token } }, (r) => r.pipe(process.stdout))
`

/** Time to the first byte of `kubecred request` beside `kubectl get --raw`, in turns. */
export async function benchCommandLine(effort: Effort): Promise<Found> {
  await using stage = await openStage()
  await stage.plugin.behave({ issueFrom: { url: stage.server.where.tokens } })
  await using upstream = await startUpstream()
  using folder = await makeTemporaryFolder()
  const { port, ca } = upstream.ready
  const url = `https://127.0.0.1:${port}`
  const fixed = join(folder.path, 'fixed')
  const server = { url, certificateAuthorityPem: ca }
  await writeKubeconfig(fixed, kubeconfigFor(server, { user: { token: upstreamToken } }))
  const bare = join(folder.path, 'bare.json')
  await writeKubeconfig(bare, { url, token: upstreamToken, ca })

  const howOften = effort.rounds(rounds)
  const other = await kubectl()
  const compared: Row[] = []
  for (const [credential, kubeconfig] of [
    ['a token', fixed],
    ['a plugin (a Node script)', stage.kubeconfig],
  ] as const) {
    if (other === undefined) break
    const work = `\`kubecred request /version\`, ${credential}`
    effort.tell(work)
    compared.push(await compare(other.command, work, kubeconfig, howOften))
  }
  const floors = [
    await floor('`node -e 0`', ['-e', '0'], howOften),
    await floor('a bare `node:https` GET', ['-e', bareGet, bare], howOften),
  ]
  const leftOut = other === undefined ? [`kubectl: ${noKubectl}`] : []
  return { rows: [...compared, ...floors], leftOut }
}

async function compare(
  kubectlPath: string,
  work: string,
  kubeconfig: string,
  howOften: number,
): Promise<Row> {
  const steal = startStealMeter()
  const request = [bundle, 'request', '/version', '--kubeconfig', kubeconfig]
  const get = ['get', '--raw', '/version', '--kubeconfig', kubeconfig]
  const ours = async (): Promise<number> => await timeToFirstByte(process.execPath, request)
  const theirs = async (): Promise<number> => await timeToFirstByte(kubectlPath, get)
  await ours()
  await theirs()
  const times = await inTurns(howOften, ours, theirs)
  const measures = [measure('first byte', 'ms', times, ratioAtMost(1.5))]
  return { work, beside: '`kubectl get --raw`', measures, stealPercent: steal() }
}

async function floor(work: string, args: readonly string[], howOften: number): Promise<Row> {
  const steal = startStealMeter()
  const ours: number[] = []
  for (let round = 0; round < howOften; round++) {
    ours.push(await timeToFirstByte(process.execPath, args))
  }
  return {
    work,
    beside: '',
    measures: [measure('first byte', 'ms', { ours })],
    stealPercent: steal(),
  }
}
