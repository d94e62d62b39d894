import type { ClientName, Operation } from './cast.ts'
import type { Trouble } from './trouble.ts'

/** Which failures a fault may cause. */
export interface Excuse {
  /** Default: every client. */
  readonly clients?: readonly ClientName[]
  /** Default: whatever it does. */
  readonly operations?: readonly Operation[]
  readonly troubles: readonly Exclude<Trouble, 'wrong' | 'hung' | 'other'>[]
  /** Only requests that took longer, milliseconds. Default: all. */
  readonly longerThanMs?: number
}

/** A request that failed; times are milliseconds of one clock. */
export interface Failure {
  readonly client: ClientName
  readonly operation: Operation
  readonly trouble: Trouble
  readonly startedAt: number
  readonly endedAt: number
}

/** The time in which a fault is felt. */
export interface Spell {
  readonly fault: string
  readonly startedAt: number
  /** Whoever failed after this moment has no excuse; undefined while the fault is felt. */
  endedAt: number | undefined
}

/** Knows which faults are felt, and whether one of them is to blame for a failure. */
export class Oracle {
  #spells: readonly { readonly spell: Spell; readonly excuses: readonly Excuse[] }[] = []
  readonly #memoryMs: number

  /** @param memoryMs How long a fault that is over is remembered: longer than any request lasts. */
  constructor(memoryMs = 120_000) {
    this.#memoryMs = memoryMs
  }

  /** A fault begins; the spell ends when the caller says so. */
  begin(fault: string, excuses: readonly Excuse[], now: number): Spell {
    const spell: Spell = { fault, startedAt: now, endedAt: undefined }
    this.#forget(now)
    this.#spells = [...this.#spells, { spell, excuses }]
    return spell
  }

  /** The fault that explains a failure; undefined when none does. */
  explain(failure: Failure): string | undefined {
    return this.#spells.find(
      ({ spell, excuses }) =>
        overlaps(spell, failure) && excuses.some((each) => fits(each, failure)),
    )?.spell.fault
  }

  /** Whether a client has an excuse from another fault that is still felt. */
  isExcused(client: ClientName, but: Spell): boolean {
    return this.#spells.some(
      ({ spell, excuses }) =>
        spell !== but &&
        spell.endedAt === undefined &&
        excuses.some(
          ({ clients, longerThanMs }) =>
            longerThanMs === undefined && (clients?.includes(client) ?? true),
        ),
    )
  }

  /** The faults that were felt while a request was under way. */
  feltDuring({ startedAt, endedAt }: Pick<Failure, 'startedAt' | 'endedAt'>): readonly string[] {
    return this.#spells
      .filter(({ spell }) => overlaps(spell, { startedAt, endedAt }))
      .map(({ spell }) => spell.fault)
  }

  #forget(now: number): void {
    this.#spells = this.#spells.filter(
      ({ spell }) => spell.endedAt === undefined || spell.endedAt > now - this.#memoryMs,
    )
  }
}

function overlaps(
  spell: Spell,
  { startedAt, endedAt }: Pick<Failure, 'startedAt' | 'endedAt'>,
): boolean {
  return spell.startedAt <= endedAt && startedAt <= (spell.endedAt ?? Infinity)
}

function fits(excuse: Excuse, failure: Failure): boolean {
  const { clients, operations, troubles, longerThanMs = -1 } = excuse
  const { trouble, startedAt, endedAt } = failure
  return (
    endedAt - startedAt > longerThanMs &&
    (clients?.includes(failure.client) ?? true) &&
    (operations?.includes(failure.operation) ?? true) &&
    troubles.some((each) => each === trouble)
  )
}
