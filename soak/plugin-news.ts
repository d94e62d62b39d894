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
  const followed = new Map(
    [...plugins].map(([name, { command }]) => [command, watches.get(name)?.follow()]),
  )
  const told = (wrong: string | undefined): void => {
    if (wrong !== undefined) journal.breaks(wrong)
  }
  const ends = [
    subscribe('kubecred:exec:start', ({ command, reason }) => {
      journal.note(`${nameIn(command)}: plugin started (${reason})`)
      told(followed.get(command)?.started())
    }),
    subscribe('kubecred:exec:end', ({ command, ok, started, errorCode }) => {
      journal.note(`${nameIn(command)}: plugin ended, ${ok ? 'ok' : (errorCode ?? 'failed')}`)
      if (started) told(followed.get(command)?.ended(ok, performance.now()))
    }),
    subscribe('kubecred:credential:renewed', ({ source, reason, changed }) => {
      journal.note(`${nameIn(source)}: new credential (${changed} changed, ${reason})`)
    }),
    subscribe('kubecred:credential:failed', ({ source, reason, retryInMs }) => {
      journal.note(`${nameIn(source)}: no credential (${reason}), next in ${retryInMs} ms`)
    }),
    subscribe('kubecred:credential:rejected', ({ source }) => {
      journal.note(`${nameIn(source)}: the server answered 401`)
    }),
    ...everyEvent.map((event) =>
      subscribe(event, (message) => journal.see(event, JSON.stringify(message))),
    ),
  ]
  return async () => {
    for (const end of ends) end()
  }
}

/** The last part of the path in the name of a source, or of a command. */
function nameIn(source: string): string {
  return /[^/\\"]+(?="?$)/u.exec(source)?.[0] ?? source
}

/**
 * Hears what one process of a proxy prints: follows its plugin, and looks for secrets. A line may begin
 * with what the plugin wrote to the same terminal, without an end of its own.
 */
export function proxyListener(
  name: ClientName,
  journal: Journal,
  watches: Watches,
): (line: string) => void {
  const runs = name === 'proxy' ? watches.get(name)?.follow() : undefined
  return (line) => {
    journal.see(`what ${name} prints`, `${line}\n`)
    const news = proxyNews.exec(line)?.[0]
    if (news !== undefined) journal.note(`${name}: ${news}`)
    const wrong = startedLine.test(line) ? runs?.started() : undefined
    if (wrong !== undefined) journal.breaks(wrong)
    const how = endedLine.exec(line)?.[1]
    const worse = how === undefined ? undefined : runs?.ended(how === 'ok', performance.now())
    if (worse !== undefined) journal.breaks(worse)
  }
}

const startedLine = /plugin \S+ started \(/u
const endedLine = /plugin \S+ ended after \d+ ms: (\w+)/u
const proxyNews =
  /plugin \S+ (?:started \(|ended after).*|new credential \(.*|the server answered 401.*/u
