import { isDeepStrictEqual } from 'node:util'

import { Changes } from '../credential/changes.ts'
import type { Credential } from '../credential/credential.ts'
import type { WaitOptions } from '../credential/source.ts'
import { KubecredError } from '../errors/kubecred-error.ts'
import type { WriteResult } from './atomic-writer.ts'
import { Backoff } from './backoff.ts'
import { checkDirectory } from './check-directory.ts'
import { FollowedObjects } from './followed-objects.ts'
import { FollowedTokens } from './followed-tokens.ts'
import {
  readKeeperOptions,
  type VolumeKeeperOptions,
  type VolumeKeeperSettings,
} from './keeper-options.ts'
import { readObjects, type ProjectedObjects } from './projected-objects.ts'
import { RevokedTokens } from './revoked-tokens.ts'
import { Troubles } from './troubles.ts'
import { VolumeFiles } from './volume-files.ts'
import type { VolumeState } from './volume-state.ts'
import type { TokenProjection } from './volume.ts'

/**
 * Keeps a projected volume fresh in a directory, as the kubelet does for a pod.
 *
 * New tokens are written as soon as they come: when the manager renews them, or has noticed that their
 * ServiceAccount was recreated. Whatever fails, readers keep the files of before: tokens are renewed though
 * a ConfigMap has gone, and all is tried again after a while. What is written and what fails is told on
 * the channels `kubecred:projection:written` and `kubecred:projection:failed`.
 *
 * @example
 * ```ts
 * import { connect, tokenClient } from 'kubecred/https'
 * import { clusterObjects, defaultVolume, TokenManager, VolumeKeeper } from 'kubecred/token'
 *
 * const client = tokenClient(await connect())
 * const keeper = new VolumeKeeper({
 *   directory: '/run/deployer',
 *   volume: defaultVolume({ audience: 'https://vault.example' }),
 *   manager: new TokenManager({ client, checkAccountsMs: 60_000 }),
 *   account: { namespace: 'ci', name: 'deployer' },
 *   objects: clusterObjects({ client, namespace: 'ci' }),
 * })
 * await keeper.start()
 * ```
 */
export class VolumeKeeper implements AsyncDisposable {
  readonly #options: VolumeKeeperOptions
  readonly #settings: VolumeKeeperSettings
  readonly #files: VolumeFiles
  readonly #troubles: Troubles
  readonly #stop = new AbortController()
  readonly #changes = new Changes()
  readonly #tokens = new Map<TokenProjection, Credential>()
  #revoked: RevokedTokens | undefined
  #objects: ProjectedObjects | undefined
  #followed: readonly (FollowedTokens | FollowedObjects)[] = []
  #writing: Promise<void> | undefined
  #closing: Promise<void> | undefined

  /**
   * @throws TypeError for an option that cannot work. {@link KubecredError} `ERR_PROJECTION_SOURCE` for a field
   *   that the facts do not tell.
   */
  constructor(options: VolumeKeeperOptions) {
    this.#options = { ...options }
    this.#settings = readKeeperOptions(options)
    const isRevoked = (token: Credential): boolean => this.#revoked?.has(token) ?? false
    this.#files = new VolumeFiles(options, this.#settings, isRevoked)
    const isUsable = (): boolean => this.#files.state.writtenAt !== undefined
    this.#troubles = new Troubles(options.directory, this.#settings.backoff.clock, isUsable)
  }

  /** How the files stand at this moment. */
  get state(): VolumeState {
    return { ...this.#files.state, failures: this.#troubles.all }
  }

  /**
   * Writes the files, once: for whoever needs them for a while only, as an init container.
   *
   * @throws {@link KubecredError} What keeps it from that: `ERR_PROJECTION_DIRECTORY`,
   *   `ERR_PROJECTION_SOURCE`, `ERR_PROJECTION_INVALID`, what the reader of objects throws, and as
   *   `TokenManager.getServiceAccountToken`. The reason of the signal.
   */
  async once({ signal }: WaitOptions = {}): Promise<WriteResult> {
    const { manager } = this.#options
    const signals = signal === undefined ? [] : [signal]
    const own = { signal: AbortSignal.any([this.#stop.signal, ...signals]) }
    own.signal.throwIfAborted()
    await checkDirectory(this.#options.directory)
    const asked = [...this.#settings.requests].map(
      async ([projection, request]) =>
        [projection, await manager.getServiceAccountToken(request, own)] as const,
    )
    const [objects, ...tokens] = await Promise.all([this.#readObjects(own.signal), ...asked])
    return await this.#files.write(new Map(tokens), objects)
  }

  /**
   * Keeps the files fresh from now on, and the process alive, until it is closed; what fails then is tried again.
   * A second call changes nothing.
   *
   * @throws {@link KubecredError} `ERR_PROJECTION_DIRECTORY` when there is nothing that can be written to;
   *   `ERR_CLOSED`.
   */
  async start(): Promise<void> {
    await checkDirectory(this.#options.directory)
    this.#stop.signal.throwIfAborted()
    this.#writing ??= this.#begin()
  }

  /** Ends it; the files stay where they are, and those before them are removed. Idempotent. */
  async close(): Promise<void> {
    await (this.#closing ??= this.#close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const { directory } = this.#options
    this.#stop.abort(new KubecredError('ERR_CLOSED', `the keeper of ${directory} was closed`))
    await Promise.all(this.#followed.map((each) => each.close()))
    this.#revoked?.close()
    await this.#writing
    if (this.#files.state.writtenAt === undefined) return
    // A directory that has gone, or is not ours any more, has nothing that could be removed.
    await this.#files.close().catch((error: unknown) => {
      this.#troubles.add('directory', 'directory', error, 0)
    })
  }

  /** @returns The end of it. */
  #begin(): Promise<void> {
    const { requests, everyMs, backoff } = this.#settings
    const shared = { troubles: this.#troubles, backoff }
    const read = (signal: AbortSignal): Promise<ProjectedObjects> => this.#readObjects(signal)
    this.#revoked = new RevokedTokens(this.#options.account, () => this.#tokens.values())
    this.#followed = [
      new FollowedTokens({
        ...shared,
        manager: this.#options.manager,
        requests,
        arrived: (projection, token) => {
          this.#tokens.set(projection, token)
          this.#changes.tell()
        },
      }),
      new FollowedObjects({
        ...shared,
        read,
        everyMs,
        arrived: (objects) => {
          if (isDeepStrictEqual(this.#objects, objects)) return
          this.#objects = objects
          this.#changes.tell()
        },
      }),
    ]
    return this.#keepWriting()
  }

  /** All objects, if files can be made of them. */
  async #readObjects(signal: AbortSignal): Promise<ProjectedObjects> {
    const objects = await readObjects(this.#options.volume, this.#settings.objects, signal)
    this.#files.checkObjects(objects)
    return objects
  }

  async #keepWriting(): Promise<void> {
    const { everyMs, backoff: plan } = this.#settings
    const { signal } = this.#stop
    const backoff = new Backoff(plan)
    try {
      while (!signal.aborted) {
        const seen = this.#changes.count
        const retryInMs = await this.#write(backoff)
        await this.#changes.wait(seen, retryInMs ?? everyMs, plan.clock, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  /** @returns Milliseconds until it has to be tried again, if it failed. */
  async #write(backoff: Backoff): Promise<number | undefined> {
    const tokens = new Map(this.#tokens)
    if (this.#objects === undefined || tokens.size < this.#settings.requests.size) return undefined
    try {
      await this.#files.write(tokens, this.#objects)
      backoff.succeeded()
      this.#troubles.remove('directory')
      return undefined
    } catch (error) {
      const retryInMs = backoff.failed(error)
      this.#troubles.add('directory', 'directory', error, retryInMs)
      return retryInMs
    }
  }
}
