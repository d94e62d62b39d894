import type { Clock } from '../credential/clock.ts'
import type { Credential } from '../credential/credential.ts'
import { Secret } from '../credential/secret.ts'
import { publish } from '../events/channels.ts'
import { AtomicWriter, type WriteResult } from './atomic-writer.ts'
import type { VolumeKeeperOptions, VolumeKeeperSettings } from './keeper-options.ts'
import { checkedPayload, type Payload } from './payload.ts'
import type { ProjectedObjects } from './projected-objects.ts'
import { projectedPayload } from './projected-payload.ts'
import type { VolumeState, WrittenToken } from './volume-state.ts'
import type { TokenProjection } from './volume.ts'

/** The tokens of a volume, those that are there. */
export type VolumeTokens = ReadonlyMap<TokenProjection, Credential>

/** The files of a volume: what they are to be, and how they stand. */
export class VolumeFiles {
  readonly #options: VolumeKeeperOptions
  readonly #settings: VolumeKeeperSettings
  readonly #writer: AtomicWriter
  readonly #clock: Clock
  #state: Omit<VolumeState, 'failures'> = {
    writtenAt: undefined,
    changedAt: undefined,
    tokens: [],
  }

  constructor(options: VolumeKeeperOptions, settings: VolumeKeeperSettings) {
    this.#options = options
    this.#settings = settings
    this.#writer = new AtomicWriter(options.directory, options)
    this.#clock = settings.backoff.clock
  }

  get state(): Omit<VolumeState, 'failures'> {
    return this.#state
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
    const isNews = result.changed || this.#state.writtenAt === undefined
    this.#state = {
      writtenAt: now,
      changedAt: result.changed ? now : this.#state.changedAt,
      tokens: [...tokens].map(writtenToken),
    }
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
      tokensEndAt: firstEnd(this.#state.tokens),
      leftovers,
    }))
  }
}

/** When the first of these tokens ends, milliseconds since the epoch; undefined without tokens. */
export function firstEnd(tokens: readonly WrittenToken[]): number | undefined {
  return tokens.length === 0 ? undefined : Math.min(...tokens.map(({ expiresAt }) => expiresAt))
}

function writtenToken([{ path, audience }, { expiresAt }]: readonly [
  TokenProjection,
  Credential,
]): WrittenToken {
  return { path, audience, expiresAt: expiresAt ?? Number.POSITIVE_INFINITY }
}
