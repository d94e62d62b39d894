import { isDeepStrictEqual } from 'node:util'

import type { Clock, Timer } from '../credential/clock.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import { watchFiles, type FileWatch } from '../file/watch-files.ts'
import { connectionChange } from '../kubeconfig/connection-change.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import { permitsMore } from './permits-more.ts'
import type { LoadedPluginPolicy } from '../kubeconfig/load-plugin-policy.ts'

/** What happened to a configuration on disk. */
export type ConfigurationNews =
  /** It is in use now; the warnings are those of a new policy. */
  | {
      readonly kind: 'reloaded'
      readonly files: readonly string[]
      readonly warnings: readonly string[]
    }
  /** It leads to a cluster that may be another, and so is not used. */
  | { readonly kind: 'other-cluster'; readonly url: string }
  /** It cannot be used. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** Which connection a configuration leads to, as far as it is compared. */
export interface FollowedConnection {
  readonly config: ConnectionConfig
}

/** What {@link followConfiguration} needs. */
export interface FollowSettings<Connection extends FollowedConnection> {
  readonly clock: Clock
  /** In use. */
  readonly connection: Connection
  /** In use: which plugins may run, and the file that says so. */
  readonly policy: LoadedPluginPolicy
  /** Loads the policy again; a file that cannot be used is an error. */
  readonly loadPolicy: () => Promise<LoadedPluginPolicy>
  /** Loads the connection again; it must choose the same context, whatever the current one is by then. */
  readonly load: (policy: LoadedPluginPolicy) => Promise<Connection>
  /** Puts a connection to use under a policy; one of the two may be the one that was in use. */
  readonly use: (connection: Connection, policy: LoadedPluginPolicy) => Promise<void>
  readonly news: (news: ConfigurationNews) => void
}

// An editor, or a login that runs, may be in the middle of writing.
const secondTryMs = 1000

/**
 * Watches the files of a configuration and puts a changed one to use, as long as it leads to the same
 * cluster. One that cannot be used, or leads elsewhere, is told of and the old one stays.
 *
 * The policy for plugins is followed by itself: a new one is obeyed whatever has become of the
 * kubeconfig, and the kubeconfig is followed under the old one where the new cannot be used. Nor is a
 * policy lifted because its file is empty or gone: more is permitted only by a file that names a policy.
 */
export function followConfiguration<Connection extends FollowedConnection>(
  settings: FollowSettings<Connection>,
): Pick<FileWatch, 'close'> {
  return new Follower(settings)
}

class Follower<Connection extends FollowedConnection> implements Pick<FileWatch, 'close'> {
  readonly #settings: FollowSettings<Connection>
  #connection: Connection
  #policy: LoadedPluginPolicy
  #watched: readonly string[] = []
  #watch: FileWatch | undefined
  /** Files that have changed since the configuration in use was loaded. */
  readonly #changed = new Set<string>()
  #secondTry: Timer | undefined
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(settings: FollowSettings<Connection>) {
    this.#settings = settings
    this.#connection = settings.connection
    this.#policy = settings.policy
    this.#watchFilesOf(settings.connection)
  }

  close(): void {
    this.#closed = true
    this.#secondTry?.cancel()
    this.#watch?.close()
  }

  /** Keeps the watch that there is when it is for the same files: it misses nothing meanwhile. */
  #watchFilesOf({ config }: Connection): void {
    const files = filesOf(config, this.#policy)
    if (files.join('\n') === this.#watched.join('\n')) return
    this.#watch?.close()
    this.#watched = files
    this.#watch = watchFiles(files, {
      clock: this.#settings.clock,
      changed: (changed) => {
        for (const file of changed) this.#changed.add(file)
        this.#enqueue(true)
      },
    })
    // A new watch does not know what has changed since the files were read.
    this.#enqueue(true)
  }

  /** One after the other, so that the latest wins. */
  #enqueue(mayTryAgain: boolean): void {
    this.#secondTry?.cancel()
    this.#last = this.#last.then(() => this.#reload(mayTryAgain))
  }

  async #reload(mayTryAgain: boolean): Promise<void> {
    if (this.#closed) return
    const { clock, news } = this.#settings
    const errors: unknown[] = []
    const failed = (error: unknown): undefined => void errors.push(error)
    const policy = (await this.#loadPolicy().catch(failed)) ?? this.#policy
    const loaded = await this.#settings.load(policy).catch(failed)
    await this.#compare(loaded, policy).catch(failed)
    if (errors.length === 0 || !this.#isOpen()) return
    if (mayTryAgain) {
      this.#secondTry = clock.after(secondTryMs, () => {
        this.#enqueue(false)
      })
      return
    }
    for (const error of errors) news({ kind: 'failed', error })
  }

  async #loadPolicy(): Promise<LoadedPluginPolicy> {
    const policy = await this.#settings.loadPolicy()
    if (policy.stated || !permitsMore(policy.policy, this.#policy.policy)) return policy
    const { file = '' } = policy
    const words = `kuberc: ${file} names no plugin policy any more`
    throw new KubecredError('ERR_KUBERC', words, {
      hint: `the policy "${this.#policy.policy.policyType}" stays; to lift it, write credentialPluginPolicy: AllowAll, or start again`,
      details: { file },
    })
  }

  /** @param loaded Undefined where it cannot be loaded. */
  async #compare(loaded: Connection | undefined, policy: LoadedPluginPolicy): Promise<void> {
    if (this.#closed) return
    const change =
      loaded === undefined ? 'none' : connectionChange(this.#connection.config, loaded.config)
    if (loaded === undefined || change === 'cluster') {
      await this.#obey(policy)
      if (loaded === undefined || !this.#isOpen()) return
      this.#settings.news({ kind: 'other-cluster', url: loaded.config.server.url })
      return
    }
    const files = [...this.#changed]
    this.#changed.clear()
    if (change === 'settings' || this.#isNew(policy)) {
      await this.#use(loaded, policy, files)
      if (!this.#isOpen()) return
    }
    this.#watchFilesOf(loaded)
  }

  /** Puts a new policy to use with the connection that there is. */
  async #obey(policy: LoadedPluginPolicy): Promise<void> {
    if (!this.#isNew(policy)) return
    const files = [...this.#changed].filter((file) => file === policy.file)
    for (const file of files) this.#changed.delete(file)
    await this.#use(this.#connection, policy, files)
  }

  async #use(
    connection: Connection,
    policy: LoadedPluginPolicy,
    files: readonly string[],
  ): Promise<void> {
    const { use, news } = this.#settings
    const isNew = this.#isNew(policy)
    await use(connection, policy)
    if (!this.#isOpen()) return
    this.#connection = connection
    this.#policy = policy
    news({ kind: 'reloaded', files, warnings: isNew ? policy.warnings : [] })
  }

  #isNew({ policy }: LoadedPluginPolicy): boolean {
    return !isDeepStrictEqual(this.#policy.policy, policy)
  }

  // It may have been closed while something was awaited, which the compiler does not see.
  #isOpen(): boolean {
    return !this.#closed
  }
}

/** Tokens, certificates and authorities in files of their own are followed by whoever uses them. */
function filesOf(config: ConnectionConfig, policy: LoadedPluginPolicy): readonly string[] {
  const others = policy.file === undefined ? [] : [policy.file]
  return [...config.files, ...config.missing, ...others]
}
