import { count, time } from '../figures.ts'
import { openWatch, startDownload, tellsOf } from '../open-streams.ts'
import { ask, keepAsking, sumUp } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'

// Certificates count in whole seconds; the next one is got at 80 % of the life.
const lifetimeMs = 1500
const namespace = 'made-after-the-rotation'

/** A client certificate nears its end while a watch and a download are open. */
export const rotation: Scene = {
  title: 'a certificate rotates',
  play: (stage) =>
    stage.record(async (recorder) => {
      await stage.issue(100, { kind: 'certificate', lifetimeMs })
      const cluster = await stage.connect()
      const { status } = await ask(cluster)
      claim(status === 200, `the first request with a certificate was answered with ${status}`)
      const first = certificatesShown(stage, 0).at(-1)
      const watch = await openWatch(cluster)
      const download = await startDownload(cluster, stage.server)

      await stage.issue(100, { kind: 'certificate' })
      const answers = await keepAsking(cluster, () => recorder.rotations === 0)
      const seen = stage.server.requests.length
      answers.push(await ask(cluster), await ask(cluster))
      const { requests, failed, slowestMs } = sumUp(answers)
      claim(failed === 0, `${failed} of ${requests} requests failed`)
      claim(
        certificatesShown(stage, seen).every((shown) => shown !== undefined && shown !== first),
        'a request after the rotation still showed the old certificate',
      )

      stage.server.createNamespace(namespace)
      claim(await tellsOf(watch, namespace), 'the watch ended at the rotation')
      const { sent, received } = await download.finish()
      claim(sent === received, `of ${sent} bytes of the download ${received} arrived`)
      return {
        text: `slowest of ${count(requests, 'request')}, 0 errors; watch and download went on`,
        time: time(slowestMs),
      }
    }),
}

/** Fingerprints of the certificates that the requests from a number on came with. */
function certificatesShown({ server }: Stage, from: number): readonly (string | undefined)[] {
  return server.requests.slice(from).map((request) => request.clientCertificateFingerprint)
}
