/** How long and how often things are measured. */
export interface Effort {
  readonly quick: boolean
  /** Rounds of a comparison. */
  rounds(full: number): number
  /** Length of a round, or how many of something there are to be. */
  amount(full: number): number
}

/** As long as figures take that mean something. */
export const fullEffort: Effort = { quick: false, rounds: (full) => full, amount: (full) => full }

/** Just long enough to see that the bench works. */
export const quickEffort: Effort = {
  quick: true,
  rounds: (full) => Math.min(full, 2),
  amount: (full) => Math.ceil(full / 10),
}
