import type { Clock, Timer } from '../credential/clock.ts'
import { watchFiles, type FileWatch } from '../file/watch-files.ts'
import { connectionChange } from '../kubeconfig/connection-change.ts'
import type { ConnectionConfig } from '../kubeconfig/connection-config.ts'

/** What happened to a configuration on disk. */
export type ConfigurationNews =
  /** It is in use now. */
  | { readonly kind: 'reloaded'; readonly files: readonly string[] }
  /** It leads to a cluster that may be another, and so is not used. */
  | { readonly kind: 'other-cluster'; readonly url: string }
  /** It cannot be used. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** What {@link followConfiguration} needs. */
export interface FollowSettings<Loaded extends { readonly config: ConnectionConfig }> {
  /** The configuration in use. */
  readonly config: ConnectionConfig
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
export function followConfiguration<Loaded extends { readonly config: ConnectionConfig }>(
  settings: FollowSettings<Loaded>,
): FileWatch {
  return new Follower(settings)
}

class Follower<Loaded extends { readonly config: ConnectionConfig }> implements FileWatch {
  readonly #settings: FollowSettings<Loaded>
  #config: ConnectionConfig
  #watch: FileWatch
  #secondTry: Timer | undefined
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(settings: FollowSettings<Loaded>) {
    this.#settings = settings
    this.#config = settings.config
    this.#watch = this.#watchFilesOf(settings.config)
  }

  close(): void {
    this.#closed = true
    this.#secondTry?.cancel()
    this.#watch.close()
  }

  #watchFilesOf(config: ConnectionConfig): FileWatch {
    const files = filesOf(config)
    if (files.length === 0) return { close: () => undefined }
    return watchFiles(files, {
      clock: this.#settings.clock,
      changed: (changed) => {
        this.#secondTry?.cancel()
        this.#enqueue(changed, true)
      },
    })
  }

  /** One after the other, so that the latest wins. */
  #enqueue(changed: readonly string[], mayTryAgain: boolean): void {
    this.#last = this.#last.then(() => this.#reload(changed, mayTryAgain))
  }

  async #reload(changed: readonly string[], mayTryAgain: boolean): Promise<void> {
    if (this.#closed) return
    const { load, clock, news } = this.#settings
    try {
      const loaded = await load()
      await this.#compare(loaded, changed)
    } catch (error) {
      if (!mayTryAgain) {
        news({ kind: 'failed', error })
        return
      }
      this.#secondTry = clock.after(secondTryMs, () => {
        this.#enqueue(changed, false)
      })
    }
  }

  async #compare(loaded: Loaded, changed: readonly string[]): Promise<void> {
    if (this.#closed) return
    const { use, news } = this.#settings
    const { config } = loaded
    const authority = authorityFileOf(config)
    const change = connectionChange(this.#config, config)
    if (change === 'cluster') {
      news({ kind: 'other-cluster', url: config.server.url })
    } else if (change === 'settings' || (authority !== undefined && changed.includes(authority))) {
      await use(loaded)
      this.#config = config
      this.#watch.close()
      this.#watch = this.#watchFilesOf(config)
      news({ kind: 'reloaded', files: changed })
    }
  }
}

/** Tokens and client certificates in files are read again by whoever reads them. */
function filesOf(config: ConnectionConfig): readonly string[] {
  const authority = authorityFileOf(config)
  return authority === undefined ? config.files : [...config.files, authority]
}

function authorityFileOf({ server }: ConnectionConfig): string | undefined {
  const source = server.certificateAuthority
  return source?.kind === 'file' ? source.path : undefined
}
