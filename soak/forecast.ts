import { Dice } from './dice.ts'
import type { Fault } from './fault.ts'

/** A fault that is to come. */
export interface Planned {
  readonly fault: Fault
  readonly target: string
  readonly lastsMs: number
  /** From the beginning of the fault before. */
  readonly afterMs: number
  /** For the choices within the fault. */
  readonly seed: number
}

/**
 * The faults of a soak, in order and without end: each kind once, then each once more in another order.
 * They depend on nothing but the seed.
 */
export function* forecast(seed: number, faults: readonly Fault[]): Generator<Planned, never> {
  const dice = new Dice(seed)
  for (;;) {
    for (const fault of dice.shuffled(faults)) {
      yield {
        fault,
        target: dice.pick(fault.targets),
        lastsMs: dice.between(...fault.lasts),
        afterMs: dice.between(300, 1500),
        seed: dice.between(0, 2 ** 31),
      }
    }
  }
}
