import type { ClientCertificate } from '../credential/client-certificate.ts'
import type { Clock } from '../credential/clock.ts'
import { publish } from '../events/channels.ts'
import type { SpentSource } from './anonymous-source.ts'
import { Generation, type Connections, type DrainLimits } from './generation.ts'
import type { ServerTarget } from './server.ts'

/** What {@link Generations} needs. */
export interface GenerationsOptions<C extends Connections> extends DrainLimits {
  /** Makes the connections of a TLS identity, to the server as it is known then. */
  readonly open: (certificate: ClientCertificate | undefined) => C
  readonly clock: Clock
  readonly server: Pick<ServerTarget, 'url' | 'certificateAuthorityPem' | 'onAuthorityChange'>
  readonly source: Pick<SpentSource, 'onChange'>
}

/** The connections of this moment, and what they are for. */
interface Current<C extends Connections> {
  readonly identity: string
  readonly authorityPem: string | undefined
  readonly generation: Generation<C>
}

/**
 * Gives each TLS identity its own connections, and lets the old ones finish their work. Whom the
 * server's certificate must come from is part of the identity. A request has them replaced, and so
 * does the change itself while something is open: the time for that to finish begins with it.
 */
export class Generations<C extends Connections> {
  readonly #options: GenerationsOptions<C>
  #current: Current<C> | undefined
  readonly #retired = new Set<Generation<C>>()
  #closed: Error | undefined

  constructor(options: GenerationsOptions<C>) {
    this.#options = options
  }

  /**
   * The connections for requests with this certificate, or with none.
   *
   * @throws The error that they were destroyed with, if they were.
   */
  for(certificate: ClientCertificate | undefined): Generation<C> {
    if (this.#closed !== undefined) throw this.#closed
    const identity = identityOf(certificate)
    const current = this.#current
    if (current !== undefined && this.#isFor(current, identity)) return current.generation
    const generation = new Generation(this.#options.open(certificate), () => this.#follow())
    const { certificateAuthorityPem: authorityPem } = this.#options.server
    this.#current = { identity, authorityPem, generation }
    if (current !== undefined) this.#rotate(current.generation)
    return generation
  }

  /** Closes all connections now; what is open ends with `error`. */
  async destroy(error: Error): Promise<void> {
    this.#closed ??= error
    const all = [...this.#retired]
    if (this.#current !== undefined) all.push(this.#current.generation)
    this.#current = undefined
    await Promise.all(all.map((generation) => generation.destroy(error)))
  }

  #isFor({ identity, authorityPem }: Current<C>, wanted: string): boolean {
    return identity === wanted && authorityPem === this.#options.server.certificateAuthorityPem
  }

  // Only while something is open: a source that outlives these connections must not hold them.
  #follow(): () => void {
    const { source, server } = this.#options
    const unfollow = source.onChange(({ certificate }) => {
      this.#changed(identityOf(certificate))
    })
    const unfollowAuthority = server.onAuthorityChange?.(() => {
      this.#changed()
    })
    return () => {
      unfollow()
      unfollowAuthority?.()
    }
  }

  /** The next request opens what takes the place of the old ones. */
  #changed(identity = this.#current?.identity ?? ''): void {
    const current = this.#current
    if (current === undefined || this.#isFor(current, identity)) return
    this.#current = undefined
    this.#rotate(current.generation)
  }

  #rotate(old: Generation<C>): void {
    const { clock, server } = this.#options
    publish('kubecred:transport:rotation', () => ({ server: server.url, draining: old.open }))
    this.#retired.add(old)
    void old.retire(this.#options, clock).finally(() => this.#retired.delete(old))
  }
}

function identityOf(certificate: ClientCertificate | undefined): string {
  return certificate?.fingerprint ?? ''
}
