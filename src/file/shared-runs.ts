/**
 * One run of a task at a time. Whoever asks while one is under way gets the next, which begins after
 * they asked and is shared by all of them.
 */
export class SharedRuns<Result> {
  readonly #task: () => Promise<Result>
  #running: Promise<Result> | undefined
  #next: Promise<Result> | undefined

  constructor(task: () => Promise<Result>) {
    this.#task = task
  }

  async ask(): Promise<Result> {
    const running = this.#running
    if (this.#next !== undefined) return await this.#next
    if (running === undefined) return await this.#begin()
    this.#next = this.#after(running)
    return await this.#next
  }

  async #after(running: Promise<Result>): Promise<Result> {
    await running.catch(() => undefined)
    this.#next = undefined
    return await this.#begin()
  }

  async #begin(): Promise<Result> {
    const running = this.#task()
    this.#running = running
    try {
      return await running
    } finally {
      if (this.#running === running) this.#running = undefined
    }
  }
}
