import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'

import { time } from '../figures.ts'
import { ask } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'
import { claimHealed } from './revocation.ts'

const chunks = Array.from({ length: 16 }, (_, index) => Buffer.alloc(16 * 1024, index))
const body = Buffer.concat(chunks)

/** The same under a body that comes from a stream, and can be read only once. */
export const revokedUpload: Scene = {
  title: 'again, with an upload',
  play: async (stage) => {
    await stage.issue(100)
    const cluster = await stage.connect()
    await ask(cluster)
    return await stage.record(async (recorder) => {
      stage.server.revoke('all')
      const stream = Readable.from(chunks, { objectMode: false })
      const answer = await ask(cluster, '/echo', { method: 'POST', body: stream })
      claim(answer.status === 200, `the upload was answered with ${answer.status}`)
      claim(answer.body.includes(sha256(body)), 'the body did not arrive whole')
      claimHealed(recorder)
      const size = `${body.length / 1024} KiB`
      return { text: `200, the same, and all ${size} of the stream arrived`, time: time(answer.ms) }
    })
  },
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
