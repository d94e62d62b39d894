import { inspect } from 'node:util'

import { SecretWatch } from '../scripts/suite/planted-secret.ts'
import type { ClientName } from './cast.ts'
import { Oracle, type Failure } from './oracle.ts'
import type { Trouble } from './trouble.ts'

/** A promise that did not hold. */
export interface BrokenPromise {
  /** Seconds since the beginning. */
  readonly atS: number
  readonly what: string
  /** Faults that were felt at the time. */
  readonly felt: readonly string[]
}

/** How the requests of one client went. */
export interface Tally {
  ok: number
  explained: number
  broken: number
  readonly troubles: Map<Trouble, number>
}

/** Something that happened, told once. */
interface Note {
  readonly at: number
  readonly what: string
  told: boolean
}

// A fault may be felt before it is told of: a server that goes down drops its connections first.
const patienceMs = 3000
// As many as anybody reads; the page at the end sums up all of them.
const mostPrinted = 25
// What led to a failure is rarely older.
const mostNotes = 25

/** Hears of everything that happens, and keeps count. */
export class Journal {
  readonly oracle: Oracle = new Oracle()
  readonly tallies: Map<ClientName, Tally> = new Map()
  readonly faults: Map<string, number> = new Map()
  readonly broken: BrokenPromise[] = []
  readonly #lastSuccess = new Map<ClientName, number>()
  readonly #secrets = new Map<string, SecretWatch>()
  readonly #undecided = new Map<NodeJS.Timeout, () => void>()
  /** The last few. */
  readonly #notes: Note[] = []
  readonly #startedAt: number = performance.now()
  readonly #say: (line: string) => void

  /** @param say Prints what must be known at once. */
  constructor(say: (line: string) => void) {
    this.#say = say
  }

  succeeded(client: ClientName, startedAt: number): void {
    this.#tallyOf(client).ok++
    this.#lastSuccess.set(client, Math.max(startedAt, this.#lastSuccess.get(client) ?? 0))
  }

  failed(failure: Failure, error: unknown): void {
    const tally = this.#tallyOf(failure.client)
    tally.troubles.set(failure.trouble, (tally.troubles.get(failure.trouble) ?? 0) + 1)
    // Whatever a program might print of it.
    this.see('an error', `${inspect(error, { depth: 9 })} ${safeJson(error)}`)
    const before = [...this.#notes]
    const timer = setTimeout(() => {
      this.#undecided.delete(timer)
      this.#judge(failure, error, before)
    }, patienceMs)
    this.#undecided.set(timer, () => this.#judge(failure, error, before))
  }

  /** Judges what has not been judged yet. */
  settle(): void {
    for (const [timer, judge] of this.#undecided) {
      clearTimeout(timer)
      judge()
    }
    this.#undecided.clear()
  }

  #judge(failure: Failure, error: unknown, before: readonly Note[]): void {
    const tally = this.#tallyOf(failure.client)
    if (this.oracle.explain(failure) !== undefined) {
      tally.explained++
      return
    }
    tally.broken++
    const { client, operation, trouble, startedAt, endedAt } = failure
    const tookMs = Math.round(endedAt - startedAt)
    const what = `${client}: ${operation} ended with "${trouble}" after ${tookMs} ms`
    this.#break(`${what}\n    ${wordsOf(error).join('\n    ')}`, failure, before)
  }

  /** Whether a client has had an answer to something that it began after that moment. */
  hasSucceededSince(client: ClientName, moment: number): boolean {
    return (this.#lastSuccess.get(client) ?? -Infinity) > moment
  }

  /** Something has happened that is told only when a promise is broken soon after. */
  note(what: string): void {
    this.#notes.push({ at: performance.now(), what, told: false })
    if (this.#notes.length > mostNotes) this.#notes.shift()
  }

  /** A promise is broken. */
  breaks(what: string): void {
    const now = performance.now()
    this.#break(what, { startedAt: now, endedAt: now }, this.#notes)
  }

  #break(
    what: string,
    when: Pick<Failure, 'startedAt' | 'endedAt'>,
    before: readonly Note[],
  ): void {
    const felt = this.oracle.feltDuring(when)
    const atS = (when.endedAt - this.#startedAt) / 1000
    this.broken.push({ atS, what, felt })
    if (this.broken.length > mostPrinted) return
    this.#say(`broken at ${atS.toFixed(1)} s: ${what}`)
    this.#say(`    felt: ${felt.length === 0 ? 'nothing' : felt.join(', ')}`)
    for (const note of before) {
      if (note.told) continue
      note.told = true
      this.#say(`    ${((note.at - this.#startedAt) / 1000).toFixed(1)} s: ${note.what}`)
    }
  }

  /** Looks for secrets in what was said somewhere; pieces of one source follow each other. */
  see(source: string, text: string): void {
    const watch = this.#secrets.get(source) ?? new SecretWatch()
    this.#secrets.set(source, watch)
    watch.see(text)
    if (!watch.found && !looksLikeSecret.test(text)) return
    this.#secrets.delete(source)
    this.breaks(`a secret stands in ${source}`)
  }

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
  }

  #tallyOf(client: ClientName): Tally {
    const tally = this.tallies.get(client) ?? {
      ok: 0,
      explained: 0,
      broken: 0,
      troubles: new Map(),
    }
    this.tallies.set(client, tally)
    return tally
  }
}

// Tokens and keys as the fakes issue them.
const looksLikeSecret = /fake-soak-[\w-]+\.[\w-]{8}|-----BEGIN|Bearer [\w-]/u

/** An error and its causes, a line each. */
function wordsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  const code = 'code' in error ? ` (${String(error.code)})` : ''
  const line = `${error.name}${code}: ${error.message.split('\n', 1)[0]?.slice(0, 200) ?? ''}`
  return [line, ...(error.cause === undefined ? [] : wordsOf(error.cause))]
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify({ value })
  } catch {
    return ''
  }
}
