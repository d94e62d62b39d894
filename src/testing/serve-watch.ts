import type { Clock } from '../credential/clock.ts'
import type { Exchange } from './exchange.ts'
import type { ObjectStore, WatchEvent } from './object-store.ts'
import { kindOf, type Selection } from './resource-kinds.ts'

/** An open watch. */
interface OpenWatch {
  readonly resource: string
  /** Whether the client asked for BOOKMARK events. */
  readonly bookmarks: boolean
  send(event: WatchEvent): void
  end(): void
}

/** Knows the watches that are open. */
export class WatchHub {
  readonly #open = new Set<OpenWatch>()

  /** Watches that are open. */
  get size(): number {
    return this.#open.size
  }

  add(watch: OpenWatch): () => void {
    this.#open.add(watch)
    return () => void this.#open.delete(watch)
  }

  /** Sends an event to the open watches of a resource. */
  send(resource: string, event: WatchEvent): void {
    for (const watch of this.#open) if (watch.resource === resource) watch.send(event)
  }

  /** Sends a BOOKMARK to the open watches of a resource that asked for them. */
  sendBookmark(resource: string, version: string): void {
    for (const watch of this.#open) {
      if (watch.resource === resource && watch.bookmarks) watch.send(bookmark(resource, version))
    }
  }

  /** Ends all watches, as the API server does after a while. */
  endAll(): void {
    for (const watch of this.#open) watch.end()
  }
}

/** Answers with a stream of events, one JSON object a line, until either side ends it. */
export function serveWatch(
  exchange: Exchange,
  selection: Selection,
  query: URLSearchParams,
  {
    store,
    watches,
    clock,
  }: {
    readonly store: ObjectStore
    readonly watches: WatchHub
    readonly clock: Clock
  },
): void {
  const { resource } = selection
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }
  const out = exchange.begin({ statusCode: 200, headers })
  const send = (event: WatchEvent): void => void out.write(`${JSON.stringify(event)}\n`)
  const end = (): void => void out.end()
  const since = versionOf(query)
  const bookmarks = query.get('allowWatchBookmarks') === 'true'
  const forget = watches.add({ resource, bookmarks, send, end })
  const stopListening = store.watch(selection, since, send)
  if (bookmarks && query.get('sendInitialEvents') === 'true') {
    send(bookmark(resource, store.version, { 'k8s.io/initial-events-end': 'true' }))
  }
  const seconds = Number(query.get('timeoutSeconds') ?? 0)
  const timer = seconds > 0 ? clock.after(seconds * 1000, end) : undefined
  exchange.onClose(() => {
    timer?.cancel()
    stopListening()
    forget()
  })
  exchange.readBody().catch(() => {})
}

/** A BOOKMARK: nothing happened, and this is the version to go on from. */
function bookmark(
  resource: string,
  resourceVersion: string,
  annotations?: Readonly<Record<string, string>>,
): WatchEvent {
  const metadata = { resourceVersion, ...(annotations === undefined ? {} : { annotations }) }
  return { type: 'BOOKMARK', object: { kind: kindOf(resource), apiVersion: 'v1', metadata } }
}

function versionOf(query: URLSearchParams): number | undefined {
  const given = query.get('resourceVersion')
  if (given === null || given === '' || given === '0') return undefined
  if (query.get('sendInitialEvents') === 'true') return undefined
  const version = Number(given)
  return Number.isSafeInteger(version) ? version : undefined
}
