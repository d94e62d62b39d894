import type { Clock } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import { Secret } from '../credential/secret.ts'
import { publish } from '../events/channels.ts'
import { AtomicWriter, type WriteResult } from './atomic-writer.ts'
import type { VolumeKeeperOptions, VolumeKeeperSettings } from './keeper-options.ts'
import { checkedPayload, type Payload } from './payload.ts'
import type { ProjectedObjects } from './projected-objects.ts'
import { projectedPayload } from './projected-payload.ts'
import type { VolumeState } from './volume-state.ts'
import type { TokenProjection } from './volume.ts'

/** The tokens of a volume, those that are there. */
export type VolumeTokens = ReadonlyMap<TokenProjection, Credential>

/** The files of a volume: what they are to be, and how they stand. */
export class VolumeFiles {
  readonly #options: VolumeKeeperOptions
  readonly #settings: VolumeKeeperSettings
  readonly #writer: AtomicWriter
  readonly #clock: Clock
  readonly #isRevoked: (token: Credential) => boolean
  #written: VolumeTokens = new Map()
  #writtenAt: number | undefined
  #changedAt: number | undefined

  constructor(
    options: VolumeKeeperOptions,
    settings: VolumeKeeperSettings,
    isRevoked: (token: Credential) => boolean,
  ) {
    this.#options = options
    this.#settings = settings
    this.#writer = new AtomicWriter(options.directory, options)
    this.#clock = settings.backoff.clock
    this.#isRevoked = isRevoked
  }

  get state(): Omit<VolumeState, 'failures'> {
    const tokens = [...this.#written].map(([{ path, audience }, token]) => {
      return { path, audience, expiresAt: endOf(token), revoked: this.#isRevoked(token) }
    })
    return { writtenAt: this.#writtenAt, changedAt: this.#changedAt, tokens }
  }

  /**
   * Looks whether files could be made of these objects, whatever the tokens.
   *
   * @throws {@link KubecredError} `ERR_PROJECTION_SOURCE`, `ERR_PROJECTION_INVALID`.
   */
  checkObjects(objects: ProjectedObjects): void {
    const anyToken = new Secret('')
    const projections = [...this.#settings.requests.keys()]
    this.#payload(new Map(projections.map((each) => [each, anyToken])), objects)
  }

  /** Brings the directory to hold what these say; throws as `checkObjects` and {@link AtomicWriter.write}. */
  async write(tokens: VolumeTokens, objects: ProjectedObjects): Promise<WriteResult> {
    const secrets = [...tokens].flatMap(([projection, { token }]) =>
      token === undefined ? [] : [[projection, token] as const],
    )
    const result = await this.#writer.write(this.#payload(new Map(secrets), objects))
    const now = this.#clock.now()
    const isNews = result.changed || this.#writtenAt === undefined
    this.#written = tokens
    this.#writtenAt = now
    if (result.changed) this.#changedAt = now
    if (isNews) this.#tell(result)
    return result
  }

  /** As {@link AtomicWriter.close}. */
  async close(): Promise<void> {
    await this.#writer.close()
  }

  #payload(tokens: ReadonlyMap<TokenProjection, Secret>, objects: ProjectedObjects): Payload {
    const { volume, fsUser, fsGroup } = this.#options
    const { facts } = this.#settings
    return checkedPayload(projectedPayload(volume, { tokens, ...objects, facts, fsUser, fsGroup }))
  }

  #tell({ changed, leftovers }: WriteResult): void {
    publish('kubecred:projection:written', () => ({
      directory: this.#options.directory,
      changed,
      tokensEndAt: firstEnd(this.#written.values()),
      leftovers,
    }))
  }
}

/** When the first of these tokens ends, milliseconds since the epoch; undefined without tokens. */
function firstEnd(tokens: Iterable<Credential>): number | undefined {
  const ends = Array.from(tokens, endOf)
  return ends.length === 0 ? undefined : Math.min(...ends)
}

function endOf({ expiresAt = Number.POSITIVE_INFINITY }: Credential): number {
  return expiresAt
}
