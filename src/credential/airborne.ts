import { atMost } from './at-most.ts'
import type { Clock } from './clock.ts'
import type { FlightRun } from './flight.ts'

// Providers that were told to stop get this long before nobody waits for them any more.
const letGoMs = 5000

/** Runs whose provider has not let go yet, also those that have ended by their deadline. */
export class Airborne {
  // There only while it holds something: there may be very many of these.
  #runs: Set<FlightRun> | undefined

  /** Holds a run until its provider has let go, and calls `then`. */
  add(run: FlightRun, then: () => void): void {
    const runs = (this.#runs ??= new Set())
    runs.add(run)
    void run.landed.then(() => {
      runs.delete(run)
      if (runs.size === 0 && this.#runs === runs) this.#runs = undefined
      then()
    })
  }

  /** Waits until all have let go, but no longer than a moment. */
  async empty(clock: Clock): Promise<void> {
    const landings = [...(this.#runs ?? [])].map(({ landed }) => landed)
    if (landings.length > 0) await atMost(letGoMs, Promise.all(landings), clock)
  }
}
