import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { startApiServer, writeKubeconfig, type FakeApiServer } from '../../src/doors/testing.ts'
import { PublishedFiles } from '../file/published-files.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { OpenThrough } from './open-through.ts'
import { ProbedProxy, type Look } from './probed-proxy.ts'
import { answerSteadyClients, SteadyClients } from './steady-clients.ts'

const isLinux = process.platform === 'linux'
const root = temporaryFolder()
const rotations = 60
// Requests in each, so that there are thousands of them on a busy machine, too.
const enough = 20

// Twice as much as what one look differs from the next by, and less than a tenth of what sixty
// generations would hold.
const mostReachable = 1024 * 1024

describe.skipIf(!isLinux).each([
  { name: 'HTTP/1.1', http2: false },
  { name: 'HTTP/2', http2: true },
])(
  `a proxy whose certificate rotates 120 times under load, to a server with $name${isLinux ? '' : ' (skipped: only Linux shows what a process holds)'}`,
  ({ http2 }) => {
    let server: FakeApiServer
    let volume: PublishedFiles
    let proxy: ProbedProxy
    let rotated = 0

    beforeAll(async () => {
      server = await startApiServer({ http2 })
      answerSteadyClients(server)
      volume = new PublishedFiles(join(root, `tls-${String(http2)}`), pairOf('user-0'))
      const config = join(root, `config-${String(http2)}`)
      const user = {
        'client-certificate': volume.path('tls.crt'),
        'client-key': volume.path('tls.key'),
      }
      await writeKubeconfig(config, server.kubeconfig({ user }))
      proxy = await ProbedProxy.start(['--kubeconfig', config], root)
    })

    afterAll(async () => {
      await proxy.kill()
      await server.close()
    })

    const pairOf = (user: string): Record<string, string> => {
      const { certificatePem, privateKeyPem } = server.issueCertificate({ user })
      return { 'tls.crt': certificatePem, 'tls.key': privateKeyPem }
    }

    /** Rotates under load; gives what its clients have noticed. */
    const rotate = async (open: OpenThrough): Promise<SteadyClients> => {
      const clients = new SteadyClients(proxy.port, 8)
      for (let round = 0; round < rotations; round++) {
        const user = `user-${++rotated}`
        server.clearRequests()
        volume.publish(pairOf(user))
        await until(() => server.requests.some((request) => request.user === user))
        open.goOn()
        await open.upgradeGoesOn()
        await open.watchGoesOn()
        await until(() => clients.answered + clients.failures.length >= enough * (round + 1))
      }
      await clients.stop()
      return clients
    }

    test('fails none of thousands of requests, ends no stream, and holds nothing afterwards', async () => {
      const open = await OpenThrough.open(server, proxy.port)
      const first = await rotate(open)
      const half = await settledLook()
      const second = await rotate(open)
      const whole = await settledLook()
      expect([first.failures, second.failures]).toEqual([[], []])
      expect(first.answered + second.answered).toBeGreaterThan(2000)
      expect(open.watchEnded).toBeUndefined()
      expect(whole.holdings).toEqual(half.holdings)
      expect(whole.reachableBytes - half.reachableBytes).toBeLessThan(mostReachable)
      expect(await open.finish()).toEqual({ downloaded: open.sent, uploadArrived: true })
      open.close()
    })

    /** A look when no connections are left but those of what is open, and the clients' are gone. */
    async function settledLook(): Promise<Look> {
      await until(() => server.openConnections <= openLongest + (http2 ? 1 : 0))
      let look = await proxy.look()
      for (let same = 0; same < 2;) {
        const next = await proxy.look()
        same = isDeepStrictEqual(next.holdings, look.holdings) ? same + 1 : 0
        look = next
      }
      return look
    }
  },
)

// The watch, the download, the upload, the upgrade; over HTTP/2 what the next requests share as well.
const openLongest = 4
