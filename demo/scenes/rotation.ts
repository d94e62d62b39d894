import type { UndiciCluster } from '../../src/doors/undici.ts'
import { count, time } from '../figures.ts'
import { openWatch, startDownload, tellsOf } from '../open-streams.ts'
import type { Recorder } from '../recorder.ts'
import { ask, keepAsking, sumUp, type Answer } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

const rotations = 3
// Certificates count in whole seconds; the next one is got at 80 % of the life.
const lifetimeMs = 1500

/** Client certificates are replaced, one after the other, while a watch and a download are open. */
export const rotation: Scene = {
  title: 'a certificate rotates',
  play: (stage) =>
    stage.record(async (recorder) => {
      await stage.issue(100, { kind: 'certificate', lifetimeMs })
      const cluster = await stage.connect()
      const from = stage.server.requests.length
      // It waits for the plugin, and tells nothing of rotations.
      const first = await ask(cluster)
      claim(first.status === 200, `the first request was answered with ${first.status}`)
      const watch = await openWatch(cluster)
      const download = await startDownload(cluster, stage.server)

      await stage.issue(100, { kind: 'certificate' })
      const answers: Answer[] = []
      const made: string[] = []
      while (made.length < rotations) {
        answers.push(...(await askThroughRotation(cluster, recorder)))
        made.push(`made-after-rotation-${recorder.rotations}`)
        stage.server.createNamespace(made.at(-1) ?? '')
      }
      const { requests, failed, slowestMs } = sumUp(answers)
      claim(failed === 0, `${failed} of ${requests} requests failed`)
      claim(await tellsOf(watch, made), 'the watch ended at a rotation')
      const { sent, received } = await download.finish()
      claim(sent === received, `of ${sent} bytes of the download ${received} arrived`)
      claimServed(stage, from, requests)
      return {
        text: `${rotations} times, slowest of ${count(requests, 'request')}; 0 lost, watch and download whole`,
        time: time(slowestMs),
      }
    }),
}

/** The first certificate is replaced since it nears its end, the others since somebody asks for it. */
async function askThroughRotation(cluster: UndiciCluster, recorder: Recorder): Promise<Answer[]> {
  const before = recorder.rotations
  const renewed = before === 0 ? undefined : cluster.source.renew()
  const asked = keepAsking(cluster, () => recorder.rotations === before)
  const [answers] = await Promise.all([asked, renewed])
  // The old connections are left at the change; the next request shows the new certificate.
  return [...answers, await ask(cluster)]
}

/** Shows that the server has answered all of them, over as many certificates as there were. */
function claimServed({ server }: Stage, from: number, requests: number): void {
  const seen = server.requests.slice(from)
  // With the first one, the watch and the download.
  const sent = requests + 3
  const answered = seen.filter(({ statusCode }) => statusCode === 200).length
  claim(answered === sent, `the server answered ${answered} of ${sent} requests`)
  const shown = new Set(seen.map((request) => request.clientCertificateFingerprint)).size
  claim(shown === rotations + 1, `the server saw ${count(shown, 'certificate')}`)
}
