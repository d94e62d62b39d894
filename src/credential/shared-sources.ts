import { CredentialIterator } from './credential-iterator.ts'
import type { Credential } from './credential.ts'
import { follow } from './follow.ts'
import { Listeners } from './listeners.ts'
import { sourceClosedError } from './source-closed-error.ts'
import type { CredentialSource, RejectedOptions, WaitOptions } from './source.ts'

/** A source, and how many use it. */
interface Shared {
  readonly source: CredentialSource
  readonly release: () => Promise<void>
  users: number
}

/**
 * Sources that their users share while there are any. The last one to close ends the source; whoever
 * comes after that gets a new one. A user that is dropped without being closed counts as closed once
 * it has been collected.
 */
export class SharedSources {
  // Keys may hold secrets: they are here only, and not longer than somebody uses their source.
  readonly #sources = new Map<string, Shared>()
  readonly #users = new FinalizationRegistry<() => Promise<void>>((leave) => {
    leave().catch(() => undefined)
  })

  /** Number of sources that are in use. */
  get size(): number {
    return this.#sources.size
  }

  /**
   * The source of this key, as a source of its own: to close it, or to abort a wait, is nothing to
   * those who use the same one.
   *
   * @param create Gives the source when nobody uses one.
   * @param release Called when the last one closes. Default: closes the source.
   */
  open(
    key: string,
    create: () => CredentialSource,
    release?: () => Promise<void>,
  ): CredentialSource {
    const shared = this.#sources.get(key) ?? shareable(create(), release)
    this.#sources.set(key, shared)
    shared.users++
    const uses = new Set<() => void>()
    const listeners = new Listeners<Credential>()
    const unfollow = shared.source.onChange((credential) => {
      listeners.tell(credential)
    })
    const leave = async (): Promise<void> => {
      unfollow()
      for (const end of uses) end()
      uses.clear()
      if (--shared.users > 0) return
      this.#sources.delete(key)
      await shared.release()
    }
    // None of these may lead to the user, or it would never be collected; who listens does, meanwhile.
    const user = new SharedSource({ source: shared.source, uses, listeners }, (closing) => {
      this.#users.unregister(closing)
      return leave()
    })
    this.#users.register(user, leave, user)
    return user
  }
}

/** What a user's hold on a source is made of; nothing of it leads to the user. */
interface UserParts {
  readonly source: CredentialSource
  /** Ends of what goes on under it. */
  readonly uses: Set<() => void>
  readonly listeners: Listeners<Credential>
}

function shareable(source: CredentialSource, release?: () => Promise<void>): Shared {
  return { source, release: release ?? (() => source.close()), users: 0 }
}

/** One user's hold on a source. */
class SharedSource implements CredentialSource {
  readonly name: string
  readonly #source: CredentialSource
  readonly #listeners: Listeners<Credential>
  readonly #leave: (user: SharedSource) => Promise<void>
  readonly #waits = new Set<AbortController>()
  /** Ends of what goes on under it; who is left behind when it is collected ends them. */
  readonly #uses: Set<() => void>
  #closing: Promise<void> | undefined

  constructor(
    { source, uses, listeners }: UserParts,
    leave: (user: SharedSource) => Promise<void>,
  ) {
    this.name = source.name
    this.#source = source
    this.#uses = uses
    this.#listeners = listeners
    this.#leave = leave
  }

  current(): Credential | undefined {
    return this.#closing === undefined ? this.#source.current() : undefined
  }

  async get({ signal }: WaitOptions = {}): Promise<Credential> {
    return await this.#until(signal, (own) => this.#source.get({ signal: own }))
  }

  async rejected(credential: Credential, options: RejectedOptions = {}): Promise<Credential> {
    return await this.#until(options.signal, (signal) =>
      this.#source.rejected(credential, { ...options, signal }),
    )
  }

  async renew({ signal }: WaitOptions = {}): Promise<Credential> {
    return await this.#until(signal, (own) => this.#source.renew({ signal: own }))
  }

  credentials({ signal }: WaitOptions = {}): AsyncIterableIterator<Credential> {
    const stop = new AbortController()
    const theirs = this.#source.credentials({ signal: stop.signal })
    return new CredentialIterator((_last, own) => this.#nextOf(theirs, stop, own), signal)
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Credential> {
    return this.credentials()
  }

  inUse(): () => void {
    if (this.#closing !== undefined) return () => undefined
    const end = this.#source.inUse()
    this.#uses.add(end)
    return () => {
      this.#uses.delete(end)
      end()
    }
  }

  onChange(listener: (credential: Credential) => void): () => void {
    return this.#closing === undefined ? this.#listeners.add(listener) : () => undefined
  }

  async close(): Promise<void> {
    if (this.#closing === undefined) {
      // Before the waits are told: what they do then must find it closed.
      this.#closing = this.#leave(this)
      const error = sourceClosedError(this.name)
      for (const wait of this.#waits) wait.abort(error)
    }
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @param stop Ends `theirs`: what ends a wait for the next one is the end of them all. */
  async #nextOf(
    theirs: AsyncIterator<Credential>,
    stop: AbortController,
    signal: AbortSignal,
  ): Promise<Credential | undefined> {
    try {
      const next = await this.#until(signal, async (own) => {
        const unfollow = follow(own, stop)
        return await theirs.next().finally(unfollow)
      })
      return next.done === true ? undefined : next.value
    } catch (error) {
      if (this.#closing !== undefined) return undefined
      throw error
    }
  }

  /** Asks with a signal that also tells of this user's end. */
  async #until<Answer>(
    signal: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    if (this.#closing !== undefined) throw sourceClosedError(this.name)
    const wait = new AbortController()
    const unfollow = follow(signal, wait)
    this.#waits.add(wait)
    try {
      return await ask(wait.signal)
    } finally {
      this.#waits.delete(wait)
      unfollow()
    }
  }
}
