import { isDeepStrictEqual } from 'node:util'

import type { Clock, Timer } from '../credential/clock.ts'
import { watchFiles, type FileWatch } from '../file/watch-files.ts'
import { connectionChange } from '../kubeconfig/connection-change.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'
import type { LoadedPluginPolicy } from '../kubeconfig/load-plugin-policy.ts'

/** What happened to a configuration on disk. */
export type ConfigurationNews =
  /** It is in use now. */
  | { readonly kind: 'reloaded'; readonly files: readonly string[] }
  /** It leads to a cluster that may be another, and so is not used. */
  | { readonly kind: 'other-cluster'; readonly url: string }
  /** It cannot be used. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** What is loaded, as far as it is compared. */
export interface LoadedConfiguration {
  readonly config: ConnectionConfig
  /** Which plugins may run, and the file that says so. Default: all, and none. */
  readonly policy?: LoadedPluginPolicy | undefined
}

/** What {@link followConfiguration} needs, beside the configuration in use. */
export interface FollowSettings<Loaded extends LoadedConfiguration> extends LoadedConfiguration {
  readonly clock: Clock
  /** Loads it again; it must choose the same context, whatever the current one is by then. */
  readonly load: () => Promise<Loaded>
  /** Puts what was loaded to use. */
  readonly use: (loaded: Loaded) => Promise<void>
  readonly news: (news: ConfigurationNews) => void
}

// An editor, or a login that runs, may be in the middle of writing.
const secondTryMs = 1000

/**
 * Watches the files of a configuration and puts a changed one to use, as long as it leads to the same
 * cluster. One that cannot be used, or leads elsewhere, is told of and the old one stays.
 */
export function followConfiguration<Loaded extends LoadedConfiguration>(
  settings: FollowSettings<Loaded>,
): FileWatch {
  return new Follower(settings)
}

class Follower<Loaded extends LoadedConfiguration> implements FileWatch {
  readonly #settings: FollowSettings<Loaded>
  #inUse: LoadedConfiguration
  #watched: readonly string[] = []
  #watch: FileWatch | undefined
  /** Files that have changed since the configuration in use was loaded. */
  readonly #changed = new Set<string>()
  #secondTry: Timer | undefined
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(settings: FollowSettings<Loaded>) {
    this.#settings = settings
    this.#inUse = settings
    this.#watchFilesOf(settings)
  }

  close(): void {
    this.#closed = true
    this.#secondTry?.cancel()
    this.#watch?.close()
  }

  /** Keeps the watch that there is when it is for the same files: it misses nothing meanwhile. */
  #watchFilesOf(loaded: LoadedConfiguration): void {
    const files = filesOf(loaded)
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
    const { load, clock, news } = this.#settings
    try {
      await this.#compare(await load())
    } catch (error) {
      if (!this.#isOpen()) return
      if (!mayTryAgain) {
        news({ kind: 'failed', error })
        return
      }
      this.#secondTry = clock.after(secondTryMs, () => {
        this.#enqueue(false)
      })
    }
  }

  async #compare(loaded: Loaded): Promise<void> {
    if (this.#closed) return
    const { use, news } = this.#settings
    const { config } = loaded
    const files = [...this.#changed]
    const authority = authorityFileOf(config)
    const change = connectionChange(this.#inUse.config, config)
    if (change === 'cluster') {
      news({ kind: 'other-cluster', url: config.server.url })
      return
    }
    this.#changed.clear()
    if (
      change === 'settings' ||
      (authority !== undefined && files.includes(authority)) ||
      !isSamePolicy(this.#inUse, loaded)
    ) {
      await use(loaded)
      if (!this.#isOpen()) return
      this.#inUse = loaded
      news({ kind: 'reloaded', files })
    }
    this.#watchFilesOf(loaded)
  }

  // It may have been closed while something was awaited, which the compiler does not see.
  #isOpen(): boolean {
    return !this.#closed
  }
}

/** Tokens and client certificates in files are read again by whoever reads them. */
function filesOf({ config, policy }: LoadedConfiguration): readonly string[] {
  const others = [authorityFileOf(config), policy?.file].filter((file) => file !== undefined)
  return [...config.files, ...config.missing, ...others]
}

function isSamePolicy(before: LoadedConfiguration, after: LoadedConfiguration): boolean {
  return isDeepStrictEqual(before.policy?.policy, after.policy?.policy)
}

function authorityFileOf({ server }: ConnectionConfig): string | undefined {
  const source = server.certificateAuthority
  return source?.kind === 'file' ? source.path : undefined
}
