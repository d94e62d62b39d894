import { atMost } from './at-most.ts'
import type { Clock } from './clock.ts'
import type { FlightRun } from './flight.ts'

// Providers that were told to stop get this long before nobody waits for them any more.
const letGoMs = 5000

/** Runs whose provider has not let go yet, also those that have ended by their deadline. */
export class Airborne {
  readonly #runs = new Set<FlightRun>()

  /** Holds a run until its provider has let go, and calls `then` with how many are left. */
  add(run: FlightRun, then: (left: number) => void): void {
    this.#runs.add(run)
    void run.landed.then(() => {
      this.#runs.delete(run)
      then(this.#runs.size)
    })
  }

  /** Waits until all have let go, but no longer than a moment. */
  async empty(clock: Clock): Promise<void> {
    const landings = [...this.#runs].map(({ landed }) => landed)
    if (landings.length > 0) await atMost(letGoMs, Promise.all(landings), clock)
  }
}
