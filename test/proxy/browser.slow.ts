import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { KubecredProcess } from '../cli/kubecred-process.ts'
import { liveCluster } from '../cli/live-cluster.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { Chromium, hasChromium } from './chromium.ts'
import { PageServer } from './page-server.ts'
import { pageOfAttempts, pageOfNames } from './pages.ts'
import { RecordingRelay } from './recording-relay.ts'
import { acceptKey, openWebSocket } from './websocket.ts'

const cluster = liveCluster()

describe.skipIf(!hasChromium)(
  `a browser before the proxy${hasChromium ? '' : ' (skipped: chromium is not installed)'}`,
  () => {
    const folder = temporaryFolder()
    const profile = temporaryFolder()
    let browser: Chromium
    let proxy: KubecredProcess
    let proxyPort: number
    /** What the browser takes for the proxy. */
    let relay: RecordingRelay
    let stranger: PageServer

    beforeAll(async () => {
      writeFileSync(join(folder, 'names.html'), pageOfNames)
      writeFileSync(join(folder, 'attempts.html'), pageOfAttempts(''))
      const args = ['proxy', '--port=0', `--www=${folder}`, '--kubeconfig', cluster.withToken]
      proxy = new KubecredProcess(args)
      await until(() => proxy.out.includes('\n'))
      proxyPort = Number(/:(\d+)\n/u.exec(proxy.out)?.[1])
      relay = await RecordingRelay.start(proxyPort)
      stranger = await PageServer.start({
        '/to-address': () => pageOfAttempts(`http://127.0.0.1:${relay.port}`),
        '/to-name': () => pageOfAttempts(`http://localhost:${relay.port}`),
        '/to-itself': () => {
          relay.to = proxyPort
          return pageOfAttempts('')
        },
      })
      cluster.server.intercept(({ headers }, respond) => {
        const key = headers['sec-websocket-key']
        if (key === undefined) return false
        const accepted = { 'sec-websocket-accept': acceptKey(key) }
        openWebSocket(respond.switchProtocols(accepted)).write('told')
        return true
      })
      browser = new Chromium(profile)
    })

    beforeEach(() => {
      relay.take()
    })

    afterAll(async () => {
      await browser.close()
      relay.close()
      stranger.close()
      proxy.child.kill('SIGTERM')
      await proxy.ended()
    })

    /** What was asked through the relay, and how it was answered. */
    function asked(): readonly string[] {
      return relay
        .take()
        .map((request) => `${request.asked} ${request.status}`)
        .filter((line) => !line.includes('/favicon.ico'))
        .toSorted()
    }

    test('shows what a page of --www fetches from the API', async () => {
      const shown = await browser.textOf(`http://127.0.0.1:${relay.port}/static/names.html`)
      expect(shown).toMatch(/^default kube-system/u)
      expect(asked()).toEqual(['GET /api/v1/namespaces 200', 'GET /static/names.html 200'])
    })

    // So that what follows is refused for where it comes from, and nothing else.
    test('does for such a page whatever a page can try', async () => {
      const shown = await browser.textOf(`http://127.0.0.1:${relay.port}/static/attempts.html`)
      expect(JSON.parse(shown)).toEqual({
        get: expect.stringContaining('kube-system'),
        noCors: expect.stringContaining('kube-system'),
        post: expect.stringContaining('UnsupportedMediaType'),
        json: expect.stringContaining('"name":"sent"'),
        socket: 'told',
        image: 'unseen',
        script: 'loaded',
        frame: expect.stringContaining('kube-system'),
        form: expect.stringContaining('UnsupportedMediaType'),
      })
      expect(asked()).toEqual([
        'GET /api/v1/namespaces?get 200',
        'GET /api/v1/namespaces?iframe 200',
        'GET /api/v1/namespaces?img 200',
        'GET /api/v1/namespaces?no-cors 200',
        'GET /api/v1/namespaces?script 200',
        'GET /api/v1/namespaces?socket 101',
        'GET /static/attempts.html 200',
        'POST /api/v1/namespaces?form 415',
        'POST /api/v1/namespaces?json 201',
        'POST /api/v1/namespaces?post 415',
      ])
    })

    test.each([
      ['its address', '/to-address'],
      ['its name', '/to-name'],
    ])('gets nothing for a page of another host that asks by %s', async (_how, path) => {
      const shown = await browser.textOf(`http://evil.example:${stranger.port}${path}`)
      expect(new Set(Object.values(JSON.parse(shown)))).toEqual(new Set(['unseen']))
      expect(asked()).toEqual([
        'GET /api/v1/namespaces?get 403',
        'GET /api/v1/namespaces?iframe 403',
        'GET /api/v1/namespaces?img 403',
        'GET /api/v1/namespaces?no-cors 403',
        'GET /api/v1/namespaces?script 403',
        'GET /api/v1/namespaces?socket 403',
        // The browser asks for leave before it sends JSON, and gets none.
        'OPTIONS /api/v1/namespaces?json 403',
        'POST /api/v1/namespaces?form 403',
        'POST /api/v1/namespaces?post 403',
      ])
      expect(cluster.server.requests).toEqual([])
    })

    test.each(['127.0.0.1', 'localhost'])(
      'gets no WebSocket for a page of another port of %s',
      async (host) => {
        const shown = await browser.textOf(`http://${host}:${stranger.port}/to-address`)
        expect(JSON.parse(shown)).toMatchObject({ socket: 'unseen' })
      },
    )

    test.each(['/api/v1/namespaces', '/static/names.html'])(
      'gets nothing of %s under a name that leads to this machine',
      async (path) => {
        const shown = await browser.textOf(`http://rebind.example:${relay.port}${path}`)
        expect(shown.trim()).toBe('Forbidden')
        expect(asked()).toEqual([`GET ${path} 403`])
        expect(cluster.server.requests).toEqual([])
      },
    )

    test('gets nothing for a page whose own name comes to lead to this machine', async () => {
      relay.to = stranger.port
      const shown = await browser.textOf(`http://rebind.example:${relay.port}/to-itself`)
      const seen = Object.values(JSON.parse(shown)).map((text) => String(text).trim())
      expect(new Set(seen)).toEqual(new Set(['Forbidden', 'unseen']))
      expect(asked()).toEqual([
        'GET /api/v1/namespaces?get 403',
        'GET /api/v1/namespaces?iframe 403',
        'GET /api/v1/namespaces?img 403',
        'GET /api/v1/namespaces?no-cors 403',
        'GET /api/v1/namespaces?script 403',
        'GET /api/v1/namespaces?socket 403',
        'GET /to-itself 200',
        'POST /api/v1/namespaces?form 403',
        'POST /api/v1/namespaces?json 403',
        'POST /api/v1/namespaces?post 403',
      ])
      expect(cluster.server.requests).toEqual([])
    })
  },
)
