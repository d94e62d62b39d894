import { expect, test } from 'vitest'

import { Journal } from '../../soak/journal.ts'
import { proxyListener } from '../../soak/plugin-news.ts'
import { PluginWatch } from '../../soak/plugin-watch.ts'

const started = 'plugin /a/plugin-proxy started (pid 12, due)'
const ended = 'plugin /a/plugin-proxy ended after 12 ms: '

function proxy() {
  const journal = new Journal(() => undefined)
  const watch = new PluginWatch('proxy', { windowMs: 5000, mostFailures: 2 })
  const listen = () => proxyListener('proxy', journal, new Map([['proxy', watch]]))
  return { watch, listen, broken: () => journal.broken.map(({ what }) => what) }
}

test('a proxy tells how often its plugin ran, and with what success', () => {
  const { watch, listen, broken } = proxy()
  const hear = listen()
  for (const how of ['ok', 'ERR_EXEC_EXIT', 'ok']) {
    hear(started)
    hear(`${ended}${how}`)
  }
  expect([watch.runs, watch.failed, broken()]).toEqual([3, 1, []])
})

test('the words of the plugin may stand before those of the proxy', () => {
  const { watch, listen, broken } = proxy()
  const hear = listen()
  for (const line of [started, `word word ${ended}ok`, `word ${started}`, `${ended}ok`]) hear(line)
  expect([watch.runs, broken()]).toEqual([2, []])
})

test('two runs at once are told of, but not those of a proxy and of the one after it', () => {
  const { listen, broken } = proxy()
  const [first, second] = [listen(), listen()]
  first(started)
  second(started)
  expect(broken()).toEqual([])
  second(started)
  expect(broken()).toEqual(['plugin of proxy runs 2 times at once'])
})
