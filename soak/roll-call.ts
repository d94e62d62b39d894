import { createHash } from 'node:crypto'

import type { ClientName } from './cast.ts'

/** A request, as the server sees who sent it. */
export interface Presented {
  readonly client: ClientName
  /** When the client began it. */
  readonly startedAt: number
  /** When it came to the server. */
  readonly seenAt: number
  /** Who it is to the server; undefined when its credential is not accepted. */
  readonly user: string | undefined
  readonly authorization: string | undefined
  /** Of the client certificate. */
  readonly fingerprint: string | undefined
}

/** What a client has shown last, and since when. */
interface Shown {
  readonly known: Set<string>
  latest: string
  since: number
}

/**
 * Sees to it that nobody is taken for another, and that nobody shows again what they have replaced: a
 * request that began after the server had seen the next credential must not come with the one before.
 */
export class RollCall {
  readonly #shown = new Map<string, Shown>()
  readonly #usersOf: (client: ClientName) => readonly string[]

  /** @param usersOf Who a client may be at this moment. */
  constructor(usersOf: (client: ClientName) => readonly string[]) {
    this.#usersOf = usersOf
  }

  /** What is wrong with a request; nothing, mostly. */
  see(request: Presented): readonly string[] {
    const { client, user, authorization, fingerprint } = request
    const wrong: string[] = []
    if (user !== undefined && !this.#usersOf(client).includes(user)) {
      wrong.push(`${client} was taken for "${user}"`)
    }
    for (const [what, shown] of [
      ['token', authorization === undefined ? undefined : digest(authorization)],
      ['certificate', fingerprint],
    ] as const) {
      if (shown !== undefined && this.#isOld(`${client} ${what}`, shown, request)) {
        wrong.push(`${client} showed a ${what} again that it had replaced`)
      }
    }
    return wrong
  }

  #isOld(place: string, shown: string, { startedAt, seenAt }: Presented): boolean {
    const before = this.#shown.get(place)
    if (before === undefined) {
      this.#shown.set(place, { known: new Set([shown]), latest: shown, since: seenAt })
      return false
    }
    if (before.latest === shown) return false
    if (before.known.has(shown)) return startedAt > before.since
    before.known.add(shown)
    before.latest = shown
    before.since = seenAt
    return false
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
