import { subscribe, type KubecredEventName } from '../src/doors/index.ts'
import type { FakePlugin } from '../src/doors/testing.ts'
import type { ClientName, PluginClient } from './cast.ts'
import type { Journal } from './journal.ts'
import type { PluginWatch } from './plugin-watch.ts'

type Watches = ReadonlyMap<PluginClient, PluginWatch>

const everyEvent: readonly KubecredEventName[] = [
  'kubecred:exec:policy',
  'kubecred:exec:start',
  'kubecred:exec:end',
  'kubecred:credential:renewed',
  'kubecred:credential:failed',
  'kubecred:credential:rejected',
  'kubecred:transport:replay',
  'kubecred:transport:retry',
  'kubecred:transport:rotation',
]

/** Follows the plugins of the clients in this process, and looks through all events for secrets. */
export function hearEvents(
  journal: Journal,
  watches: Watches,
  plugins: ReadonlyMap<PluginClient, FakePlugin>,
): () => Promise<void> {
  const nameOf = (command: string): PluginClient | undefined =>
    [...plugins].find(([, plugin]) => plugin.command === command)?.[0]
  const watchOf = (command: string): PluginWatch | undefined => {
    const name = nameOf(command)
    return name === undefined ? undefined : watches.get(name)
  }
  const told = (wrong: string | undefined): void => {
    if (wrong !== undefined) journal.breaks(wrong)
  }
  const ends = [
    subscribe('kubecred:exec:start', ({ command }) => told(watchOf(command)?.started())),
    subscribe('kubecred:exec:end', ({ command, ok, started }) => {
      if (started) told(watchOf(command)?.ended(ok, performance.now()))
    }),
    ...everyEvent.map((event) =>
      subscribe(event, (message) => journal.see(event, JSON.stringify(message))),
    ),
  ]
  return async () => {
    for (const end of ends) end()
  }
}

/** Follows the plugin of a proxy by what the proxy tells, and looks through that for secrets. */
export function hearProxyLine(
  line: string,
  name: ClientName,
  journal: Journal,
  watches: Watches,
): void {
  journal.see(`what ${name} prints`, `${line}\n`)
  const watch = name === 'proxy' ? watches.get(name) : undefined
  if (/^plugin \S+ started \(/u.test(line)) {
    const wrong = watch?.started()
    if (wrong !== undefined) journal.breaks(wrong)
  }
  const how = /^plugin \S+ ended after \d+ ms: (\w+)/u.exec(line)?.[1]
  if (how === undefined) return
  const wrong = watch?.ended(how === 'ok', performance.now())
  if (wrong !== undefined) journal.breaks(wrong)
}
