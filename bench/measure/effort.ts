/** How long and how often things are measured, and who hears of it. */
export interface Effort {
  readonly quick: boolean
  /** Rounds of a comparison. */
  rounds(full: number): number
  /** Length of a round, or how many of something there are to be. */
  amount(full: number): number
  /** Told of each piece of work before it begins. */
  tell(work: string): void
}

/** Either as long as it takes for figures that mean something, or just to see that it works. */
export function effortOf(quick: boolean, tell: (work: string) => void): Effort {
  return {
    quick,
    rounds: (full) => (quick ? Math.min(full, 2) : full),
    amount: (full) => (quick ? Math.ceil(full / 10) : full),
    tell,
  }
}
