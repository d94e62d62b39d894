import type { ClientCertificate } from '../credential/client-certificate.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import { createCredential } from '../credential/credential.ts'
import type { CredentialProvider, ProvideRequest } from '../credential/provider.ts'
import type { Secret } from '../credential/secret.ts'
import { KubecredError, messageOf } from '../errors/kubecred-error.ts'
import { publish } from '../events/channels.ts'
import { readCertificatePair, type CertificateFiles } from './read-certificate-pair.ts'
import { readToken } from './read-token.ts'

/** What a {@link fileProvider} reads, and what it adds. */
export interface FileProviderOptions {
  /** Path of a bearer token; default: none. */
  readonly tokenFile?: string | undefined
  /** Paths of a client certificate and its key; default: none. */
  readonly certificateFiles?: CertificateFiles | undefined
  /** The parts that are in no file. */
  readonly fixed?: FixedParts | undefined
  /** Name of the user, for messages. */
  readonly owner?: string | undefined
  /** Default: the machine's own. */
  readonly clock?: Clock | undefined
}

/** Parts of a credential that never change. */
export interface FixedParts {
  /** With a token file, it serves until the file can be read. */
  readonly token?: Secret | undefined
  readonly basic?: { readonly username: string; readonly password: Secret | undefined } | undefined
  readonly certificate?: ClientCertificate | undefined
}

// Half of the time between the kubelet's renewal of a ten-minute token and its end, as client-go.
const tokenPeriodMs = 60_000
// The pace of client-go.
const certificatePeriodMs = 5 * 60_000
const retryMs = 10_000

/**
 * Provides what stands in a token file, in certificate files, or in both, and reads them again: a
 * token each minute, a certificate every five, and both when the server rejects the credential.
 *
 * The first reading must work. When a later one fails, the last good value goes on, the failure is
 * an event, and the next reading comes in ten seconds.
 */
export function fileProvider(options: FileProviderOptions): CredentialProvider {
  const { tokenFile, certificateFiles, fixed = {}, owner = '', clock = systemClock } = options
  const name = nameOf(options)
  const token = new KeptReading(name, clock, tokenPeriodMs, fixed.token?.reveal())
  const certificate = new KeptReading(name, clock, certificatePeriodMs, fixed.certificate)
  return {
    name,
    kind: 'file',
    runsAhead: true,
    async provide(request) {
      const { signal } = request
      const [tokenNow, certificateNow] = await Promise.all([
        token.read(request, tokenFile, readToken),
        certificate.read(request, certificateFiles, (files) =>
          readCertificatePair(files, { clock, signal, owner }),
        ),
      ])
      return createCredential({
        token: tokenNow.value,
        basic: basicOf(fixed),
        certificate: certificateNow.value,
        expiresAt: earliest(tokenNow.goodUntil, certificateNow.goodUntil),
      })
    },
  }
}

interface Reading<Value> {
  readonly value: Value | undefined
  /** When to read again, milliseconds since the epoch; `Infinity` for never. */
  readonly goodUntil: number
}

/** Reads one part, and keeps the last good value of it. */
class KeptReading<Value> {
  readonly #source: string
  readonly #clock: Clock
  readonly #periodMs: number
  #last: Value | undefined

  constructor(source: string, clock: Clock, periodMs: number, initial: Value | undefined) {
    this.#source = source
    this.#clock = clock
    this.#periodMs = periodMs
    this.#last = initial
  }

  async read<From>(
    request: ProvideRequest,
    from: From | undefined,
    readFrom: (from: From) => Promise<Value>,
  ): Promise<Reading<Value>> {
    if (from === undefined) return { value: this.#last, goodUntil: Infinity }
    const startedAt = this.#clock.now()
    try {
      this.#last = await readFrom(from)
      return { value: this.#last, goodUntil: this.#clock.now() + this.#periodMs }
    } catch (error) {
      if (this.#last === undefined || request.signal.aborted) throw error
      this.#report(error, request, startedAt)
      return { value: this.#last, goodUntil: this.#clock.now() + retryMs }
    }
  }

  #report(error: unknown, { reason }: ProvideRequest, startedAt: number): void {
    publish('kubecred:credential:failed', () => ({
      source: this.#source,
      reason,
      errorCode: error instanceof KubecredError ? error.code : undefined,
      message: messageOf(error),
      durationMs: this.#clock.now() - startedAt,
      usable: true,
      retryInMs: retryMs,
    }))
  }
}

function nameOf({ tokenFile, certificateFiles }: FileProviderOptions): string {
  const parts = [
    ...(tokenFile === undefined ? [] : [`token file ${JSON.stringify(tokenFile)}`]),
    ...(certificateFiles === undefined
      ? []
      : [`certificate file ${JSON.stringify(certificateFiles.certificate)}`]),
  ]
  return parts.length === 0 ? 'fixed credential' : parts.join(' and ')
}

function basicOf({ basic }: FixedParts): { username: string; password: string } | undefined {
  if (basic === undefined) return undefined
  return { username: basic.username, password: basic.password?.reveal() ?? '' }
}

function earliest(a: number, b: number): number | undefined {
  const end = Math.min(a, b)
  return end === Infinity ? undefined : end
}
