import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startApiServer } from '../../src/testing/api-server.ts'
import type { FakeApiServer } from '../../src/testing/fake-api-server.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { dig, http1, jsonOf, parse, responseTo } from './http-clients.ts'
import { until } from './until.ts'

let clock: FakeClock
let server: FakeApiServer
beforeEach(async () => {
  clock = createFakeClock()
  server = await startApiServer({ clock, tokens: { t: { user: 'root' } } })
})
afterEach(() => server.close())

const headers = { authorization: 'Bearer t', 'content-type': 'application/json' }

interface Watch {
  readonly response: IncomingMessage
  /** `TYPE name` of each event so far. */
  readonly events: readonly string[]
}

async function watch(query = '', resource = 'namespaces'): Promise<Watch> {
  const outgoing = get(`${server.url}/api/v1/${resource}?watch=true${query}`, {
    ca: server.certificateAuthorityPem,
    agent: false,
    headers,
  })
  const response = await responseTo(outgoing)
  const events: string[] = []
  let rest = ''
  response.setEncoding('utf8').on('error', () => {})
  response.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const event = parse(line)
      const metadata = dig(event, 'object', 'metadata')
      const what = dig(metadata, 'name') ?? dig(metadata, 'resourceVersion')
      events.push(`${String(dig(event, 'type'))} ${String(what)}`)
    }
  })
  return { response, events }
}

async function seen({ events }: Watch, count: number): Promise<readonly string[]> {
  await until(() => events.length >= count)
  return events
}

async function create(path: string, name: string): Promise<number> {
  const body = JSON.stringify({ metadata: { name } })
  return (await http1(server, `/api/v1/${path}`, { method: 'POST', headers, body })).status
}

describe('a watch', () => {
  test('begins with what is there and goes on with what happens', async () => {
    const open = await watch()
    expect(await seen(open, 2)).toEqual(['ADDED default', 'ADDED kube-system'])
    await create('namespaces', 'x')
    await http1(server, '/api/v1/namespaces/x', {
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/merge-patch+json' },
      body: '{"metadata":{"labels":{"a":"b"}}}',
    })
    await http1(server, '/api/v1/namespaces/x', { method: 'DELETE', headers })
    server.createNamespace('y')
    server.createNamespace('y')
    expect((await seen(open, 6)).slice(2)).toEqual([
      'ADDED x',
      'MODIFIED x',
      'DELETED x',
      'ADDED y',
    ])
  })

  test('begins after the version that the client has seen', async () => {
    const list = jsonOf(await http1(server, '/api/v1/namespaces', { headers }))
    const version = String(dig(list, 'metadata', 'resourceVersion'))
    server.createNamespace('missed')
    const open = await watch(`&resourceVersion=${version}`)
    server.createNamespace('live')
    expect(await seen(open, 2)).toEqual(['ADDED missed', 'ADDED live'])
  })

  test.each(['0', '', 'nonsense'])(
    'begins with everything for the version "%s"',
    async (version) => {
      const open = await watch(`&resourceVersion=${version}`)
      expect(await seen(open, 2)).toHaveLength(2)
    },
  )

  test('shows one object alone when asked for one', async () => {
    const open = await watch('&fieldSelector=metadata.name%3Dx')
    server.createNamespace('other')
    server.createNamespace('x')
    expect(await seen(open, 1)).toEqual(['ADDED x'])
  })

  test('shows the objects of one namespace or of all', async () => {
    const all = await watch('', 'configmaps')
    const one = await watch('', 'namespaces/default/configmaps')
    await create('namespaces/kube-system/configmaps', 'there')
    await create('namespaces/default/configmaps', 'here')
    expect(await seen(all, 2)).toEqual(['ADDED there', 'ADDED here'])
    expect(await seen(one, 1)).toEqual(['ADDED here'])
  })

  test('shows the objects of a namespace go with it', async () => {
    await create('namespaces', 'x')
    await create('namespaces/x/configmaps', 'inside')
    const open = await watch('', 'configmaps')
    await http1(server, '/api/v1/namespaces/x', { method: 'DELETE', headers })
    expect(await seen(open, 2)).toEqual(['ADDED inside', 'DELETED inside'])
  })

  test('gets a BOOKMARK when it asked for them', async () => {
    const without = await watch()
    const asked = await watch('&allowWatchBookmarks=true')
    const initial = await watch(
      '&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersion=3',
    )
    server.emitBookmark()
    expect((await seen(asked, 3))[2]).toBe('BOOKMARK 3')
    expect(await seen(initial, 4)).toEqual([
      'ADDED default',
      'ADDED kube-system',
      'BOOKMARK 3',
      'BOOKMARK 3',
    ])
    server.createNamespace('x')
    expect((await seen(without, 3))[2]).toBe('ADDED x')
  })

  test('gets any event that the test sends, if it is for its kind of object', async () => {
    const open = await watch()
    const other = await watch('', 'configmaps')
    const object = { kind: 'Status', code: 410, metadata: { name: 'gone' } }
    server.emit({ type: 'ERROR', object })
    server.emit({ type: 'MODIFIED', object }, 'configmaps')
    expect((await seen(open, 3))[2]).toBe('ERROR gone')
    expect(await seen(other, 1)).toEqual(['MODIFIED gone'])
  })

  test('ends when the server ends it, when its time is up, and when the client leaves', async () => {
    const ended = await watch()
    expect(server.openWatches).toBe(1)
    server.endWatches()
    await once(ended.response, 'end')
    expect(ended.response.complete).toBe(true)

    const limited = await watch('&timeoutSeconds=30')
    clock.advance(29_999)
    expect(limited.response.complete).toBe(false)
    clock.advance(1)
    await once(limited.response, 'end')

    const left = await watch('&timeoutSeconds=30')
    await until(() => server.openWatches === 1)
    left.response.destroy()
    await until(() => server.openWatches === 0)
    expect(clock.pendingTimers).toBe(0)
    server.createNamespace('nobody-looks')
  })

  test('is refused without a credential, and is no watch with another method', async () => {
    expect((await http1(server, '/api/v1/namespaces?watch=true')).status).toBe(401)
    const path = '/api/v1/namespaces?watch=true'
    expect((await http1(server, path, { method: 'DELETE', headers })).status).toBe(405)
    expect((await http1(server, '/api/v1/pods?watch=true', { headers })).status).toBe(404)
    expect(server.openWatches).toBe(0)
  })
})
