import {
  createCertificateAuthority,
  startApiServer,
  type FakeApiServer,
} from '../../src/doors/testing.ts'
import type { IssuedCertificate } from '../../src/testing/certificate-authority.ts'
import { tokenOf } from './stage.ts'

/** Two API servers that know the same users. */
export interface ServerPair {
  readonly first: FakeApiServer
  readonly other: FakeApiServer
  readonly rita: IssuedCertificate
  readonly late: IssuedCertificate
}

/** Hands out pairs of servers, one to each case that runs; made as they are needed. */
export class ServerPool {
  readonly #free: ServerPair[] = []
  readonly #all: ServerPair[] = []

  /** Calls with a pair that nobody else uses meanwhile. */
  async with<T>(use: (pair: ServerPair) => Promise<T>): Promise<T> {
    const pair = this.#free.pop() ?? (await this.#create())
    try {
      return await use(pair)
    } finally {
      this.#free.push(pair)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.flatMap(({ first, other }) => [first.close(), other.close()]))
  }

  async #create(): Promise<ServerPair> {
    const certificateAuthority = createCertificateAuthority({ commonName: 'servers' })
    const clientAuthority = createCertificateAuthority({ commonName: 'clients' })
    const tokens = { [tokenOf('ann')]: { user: 'ann' }, [tokenOf('bob')]: { user: 'bob' } }
    const options = { certificateAuthority, clientAuthority, tokens }
    const [first, other] = await Promise.all([startApiServer(options), startApiServer(options)])
    const rita = first.issueCertificate({ user: 'rita' })
    const late = first.issueCertificate({ user: 'late', lifetimeMs: -60_000 })
    const pair = { first, other, rita, late }
    this.#all.push(pair)
    return pair
  }
}
