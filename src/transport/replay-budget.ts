/** Memory that all recordings of one transport may take together. */
export class ReplayBudget {
  /** Most bytes of one recording. */
  readonly perBody: number
  #left: number

  constructor(perBody: number, total: number) {
    this.perBody = perBody
    this.#left = total
  }

  /** Takes `bytes` from the budget, or nothing when there are not so many left. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}
