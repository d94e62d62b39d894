import { setTimeout as pause } from 'node:timers/promises'

import { operations, type ClientName, type Operation } from './cast.ts'
import type { SoakClient } from './clients/client.ts'
import { Dice } from './dice.ts'
import type { Journal } from './journal.ts'
import { errands } from './operations.ts'
import { LostInterest, RequestTrouble, troubleOf } from './trouble.ts'

// No request may take longer, whatever happens: the longest fault lasts a few seconds, and nothing that
// the clients wait for by themselves takes more.
const longestMs = 45_000
// What is told to stop has this long for it.
const stopMs = 10_000
const workersEach = 3

/** Requests that are under way without pause, from every client. */
export class Traffic {
  readonly #journal: Journal
  readonly #workers: Promise<void>[] = []
  readonly #underWay = new Map<AbortController, ClientName>()
  #going = true
  #hurries = false

  constructor(clients: readonly SoakClient[], journal: Journal, dice: Dice) {
    this.#journal = journal
    for (const client of clients) {
      for (let worker = 0; worker < workersEach; worker++) {
        this.#workers.push(this.#work(client, new Dice(dice.between(0, 2 ** 31))))
      }
    }
  }

  /** The client loses interest in whatever it has asked for. */
  abandon(client: ClientName): void {
    for (const [controller, name] of this.#underWay) {
      if (name === client) controller.abort(new LostInterest('nobody waits any more'))
    }
  }

  /**
   * Begins nothing more, and waits for what is under way.
   *
   * @param hurry When it is aborted, what is under way is given up.
   */
  async stop(hurry: AbortSignal): Promise<void> {
    this.#going = false
    this.#hurries = hurry.aborted
    if (this.#hurries) for (const [controller] of this.#underWay) controller.abort(hurry.reason)
    await Promise.race([Promise.all(this.#workers), pause(longestMs + stopMs, undefined, unheld)])
    for (const [, name] of this.#underWay) {
      this.#journal.breaks(`${name}: a request does not even end when it is aborted`)
    }
  }

  async #work(client: SoakClient, dice: Dice): Promise<void> {
    const able = operations.filter((each) => each !== 'upgrade' || client.upgrades)
    const often: readonly Operation[] = ['echo', 'echo', 'echo', 'upload', ...able]
    while (this.#going) {
      await this.#do(client, often[dice.between(0, often.length - 1)] ?? 'echo', dice)
      await pause(dice.between(5, 60))
    }
  }

  async #do(client: SoakClient, operation: Operation, dice: Dice): Promise<void> {
    const controller = new AbortController()
    const startedAt = performance.now()
    const state = { answered: false }
    const timer = setTimeout(() => {
      controller.abort(new RequestTrouble('hung', `no end within ${longestMs / 1000} s`))
    }, longestMs)
    this.#underWay.set(controller, client.name)
    try {
      const answered = (): void => void (state.answered = true)
      const { signal } = controller
      await errands[operation]({ client, dice, signal, startedAt, answered })
      this.#journal.succeeded(client.name, startedAt)
    } catch (error) {
      const { signal } = controller
      if (this.#hurries) return
      const trouble = troubleOf(signal.aborted ? signal.reason : error, state.answered)
      const endedAt = performance.now()
      this.#journal.failed({ client: client.name, operation, trouble, startedAt, endedAt }, error)
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(controller)
    }
  }
}

const unheld = { ref: false } as const
