import type { Dice } from '../soak/dice.ts'
import type { Ledger } from './ledger.ts'
import type { Looks } from './looks.ts'
import type { Tally } from './tally.ts'
import type { ServerPlan } from './server.ts'
import type { TimeWheel } from './time-wheel.ts'

/** Midnight of the simulation: times elsewhere count from here. */
export const epochMs: number = Date.UTC(2030, 0, 1)

/** Nodes and their tokens: what the managers of both kinds act on. */
export interface World {
  readonly tokens: number
  readonly nodes: number
  /** What its first token and its first node are called; there may be others beside this world. */
  readonly firstToken: number
  readonly firstNode: number
  /** Calls tokens by their number, and nodes by theirs after the tokens'. */
  readonly wheel: TimeWheel
  readonly looks: Looks
  readonly server: ServerPlan
  readonly ledger: Ledger
  readonly tally: Tally
  readonly dice: Dice
  /** How far the clock of each node is before the server's. */
  readonly clockOffsets: Float64Array
}

/** Keeps the tokens of all nodes fresh, by rules of its own. */
export interface Keeper {
  /** A token is asked for, and there is none, or it may be due. */
  look(token: number, atMs: number): void
  /** A node has something to do. */
  wake(node: number, atMs: number): void
  /** Everything is forgotten. */
  restart(): void
}
