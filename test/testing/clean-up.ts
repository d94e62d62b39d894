/** What is to be done after a test, the last first; Node 22 has no `AsyncDisposableStack`. */
export class CleanUp {
  #tasks: (() => unknown)[] = []

  defer(task: () => unknown): void {
    this.#tasks.push(task)
  }

  /** Does it all, and forgets it. */
  async run(): Promise<void> {
    const tasks = this.#tasks.toReversed()
    this.#tasks = []
    for (const task of tasks) await task()
  }
}
