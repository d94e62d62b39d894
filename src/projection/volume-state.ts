import type { KubecredEvents } from '../events/channels.ts'

/** How the files of a `VolumeKeeper` stand. */
export interface VolumeState {
  /** When the files were last known to be right, milliseconds since the epoch; undefined before there are any. */
  readonly writtenAt: number | undefined
  /** When they were last changed; undefined where this keeper has not had to. */
  readonly changedAt: number | undefined
  /** The tokens in the files. */
  readonly tokens: readonly WrittenToken[]
  /**
   * What went wrong when it was last tried; empty where all is well. A renewal ahead of need that failed is
   * known by the name of the token: in a program with two managers of the same one, both tell of it.
   */
  readonly failures: readonly VolumeFailure[]
}

/** A token that readers of a volume find. */
export interface WrittenToken {
  /** Path in the directory. */
  readonly path: string
  /** For whom it is; '' for the API server. */
  readonly audience: string
  /** Its end, milliseconds since the epoch. */
  readonly expiresAt: number
  /**
   * Whether the manager has learnt that its ServiceAccount was deleted or made anew: the server refuses the
   * token then, and readers have no better one yet. Known in time with the manager's `checkAccountsMs`.
   */
  readonly revoked: boolean
}

/** Something that a volume needs and cannot have for now. */
export interface VolumeFailure extends Omit<
  KubecredEvents['kubecred:projection:failed'],
  'directory' | 'usable'
> {
  /** When it happened, milliseconds since the epoch. */
  readonly at: number
}
