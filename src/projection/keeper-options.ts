import { systemClock, systemRandom, type Clock, type Random } from '../credential/clock.ts'
import type { CooldownPolicy } from '../credential/cooldown.ts'
import { atLeastOne } from '../errors/number-option.ts'
import { checkObject, checkOptions, checkText } from '../errors/given-option.ts'
import type { TokenManager } from '../token/token-manager.ts'
import type { ServiceAccountTokenRequest } from '../token/token-subject.ts'
import type { AtomicWriterOptions } from './atomic-writer.ts'
import type { PodFacts } from './field-text.ts'
import { projectedPayload } from './projected-payload.ts'
import type { ObjectReader } from './projected-objects.ts'
import type { ProjectedVolume, TokenProjection } from './volume.ts'

/** What a `VolumeKeeper` takes. */
export interface VolumeKeeperOptions extends AtomicWriterOptions {
  /** Where the files are to be; it has to exist. */
  readonly directory: string
  /** What is to be in it: `defaultVolume` gives what every pod has. */
  readonly volume: ProjectedVolume
  /** Gets the tokens, and says when a new one is due; it stays the caller's to close. */
  readonly manager: Pick<TokenManager, 'source' | 'getServiceAccountToken'>
  /** Whose tokens. */
  readonly account: Omit<ServiceAccountTokenRequest, 'audiences' | 'expirationSeconds'>
  /**
   * Gives ConfigMaps and Secrets: `clusterObjects`, or a function of the caller's. Without it, those that
   * are optional are taken not to exist.
   */
  readonly objects?: ObjectReader | undefined
  /** What fields of the pod are to say. Default: namespace and name of the account. */
  readonly facts?: PodFacts | undefined
  /** Id of the user who is to own the tokens (mode 0600). Default: the user of this process. */
  readonly fsUser?: number | undefined
  /** Id of the group that may read all files (tokens: mode 0640). Default: none. */
  readonly fsGroup?: number | undefined
  /**
   * How often ConfigMaps and Secrets are looked at again, and the files, which are mended should somebody
   * have touched them; milliseconds, up to a tenth more for the former. Default: 60 000, as the kubelet.
   */
  readonly everyMs?: number | undefined
  /**
   * How long what fails is left alone; for tokens the manager says so. Default: 1 s, doubling up to 30 s.
   */
  readonly cooldown?: CooldownPolicy | undefined
  /** Source of jitter. Default: the machine's. */
  readonly random?: Random | undefined
}

/** {@link VolumeKeeperOptions} with nothing left out. */
export interface VolumeKeeperSettings {
  readonly requests: ReadonlyMap<TokenProjection, ServiceAccountTokenRequest>
  readonly objects: ObjectReader
  readonly facts: PodFacts
  readonly everyMs: number
  readonly backoff: {
    readonly policy: CooldownPolicy
    readonly clock: Clock
    readonly random: Random
  }
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for an option that cannot work. {@link KubecredError} `ERR_PROJECTION_SOURCE` for a field
 *   that the facts do not tell.
 */
export function readKeeperOptions(options: VolumeKeeperOptions): VolumeKeeperSettings {
  checkGiven(options)
  const { volume, account, objects, clock = systemClock, random = systemRandom } = options
  const { cooldown: policy = { firstMs: 1000, maxMs: 30_000 } } = options
  const needed = volume.sources.find((source) => isObject(source) && !source.optional)
  if (objects === undefined && needed !== undefined) {
    throw new TypeError(`"objects" must be given: the volume has a ${needed.kind} in it`)
  }
  const facts = {
    namespace: account.namespace,
    serviceAccountName: account.name,
    ...options.facts,
  }
  checkFacts(volume, facts)
  return {
    requests: new Map(
      volume.sources
        .filter((source) => source.kind === 'serviceAccountToken')
        .map((source) => [source, requestFor(source, account)]),
    ),
    objects: objects ?? noObjects,
    facts,
    everyMs: atLeastOne('everyMs', options.everyMs ?? 60_000),
    backoff: { policy, clock, random },
  }
}

/** What there is no default for. */
function checkGiven(options: VolumeKeeperOptions): void {
  checkOptions('"options" of VolumeKeeper', options)
  const { directory, volume, manager, account } = options
  checkText('directory', directory)
  checkObject('volume', volume)
  checkObject('manager', manager)
  checkObject('account', account)
}

/** What fields say does not change: one that nobody knows is no failure to wait out. */
function checkFacts({ sources }: ProjectedVolume, facts: PodFacts): void {
  const fields = sources.filter(({ kind }) => kind === 'downwardAPI')
  projectedPayload({ defaultMode: undefined, sources: fields }, { tokens: new Map(), facts })
}

type Source = ProjectedVolume['sources'][number]

function isObject(source: Source): source is Extract<Source, { readonly optional: boolean }> {
  return 'optional' in source
}

/** As the kubelet asks for it: no audience is the API server. */
function requestFor(
  { audience, expirationSeconds }: TokenProjection,
  account: VolumeKeeperOptions['account'],
): ServiceAccountTokenRequest {
  return { ...account, audiences: audience === '' ? undefined : [audience], expirationSeconds }
}

const noObjects: ObjectReader = {
  configMap: () => Promise.resolve(undefined),
  secret: () => Promise.resolve(undefined),
}
