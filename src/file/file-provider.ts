import { resolve } from 'node:path'

import type { ClientCertificate } from '../credential/client-certificate.ts'
import { systemClock, type Clock } from '../credential/clock.ts'
import { createCredential, type Credential } from '../credential/credential.ts'
import type { CredentialProvider } from '../credential/provider.ts'
import type { Secret } from '../credential/secret.ts'
import { sourceClosedError } from '../credential/source-closed-error.ts'
import type { FileReading } from './follower.ts'
import { readCertificatePair, type CertificateFiles } from './read-certificate-pair.ts'
import { readToken } from './read-token.ts'
import { openRotatingFile, type RotatingFile } from './rotating-file.ts'

/** What a {@link FileProvider} reads, and what it adds. */
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

/**
 * Provides what stands in a token file, in certificate files, or in both.
 *
 * They are followed: read again in the background when they change, and at the pace of client-go,
 * should a change not show. What is read has no end but that of the certificate.
 *
 * Asked again, it gives what has changed since; when nothing has, the files are read now. The first
 * reading must work. When a later one fails, the last good value is kept.
 */
export class FileProvider implements CredentialProvider {
  readonly name: string
  readonly kind = 'file'
  readonly runsAhead = true
  readonly #fixed: FixedParts
  readonly #token: FollowedPart<string> | undefined
  readonly #certificate: FollowedPart<ClientCertificate> | undefined
  readonly #changed: () => void
  #hasProvided = false
  #isBehind = false

  /** @param changed Called when the files hold something else; it may lead to who holds the provider. */
  constructor(options: FileProviderOptions, changed: () => void = () => undefined) {
    const { tokenFile, certificateFiles, fixed = {}, owner = '', clock = systemClock } = options
    this.name = nameOf(options)
    this.#fixed = fixed
    this.#changed = changed
    // What follows a file lives on in timers, and would keep alive whatever it leads to.
    const self = new WeakRef(this)
    const stale = (): void => {
      const provider = self.deref()
      if (provider !== undefined) provider.#fallBehind()
    }
    if (tokenFile !== undefined) {
      const reading = { ...tokenReading(tokenFile, fixed.token), changed: stale }
      this.#token = new FollowedPart(this.name, reading, clock)
    }
    if (certificateFiles !== undefined) {
      const reading = { ...certificateReading(certificateFiles, owner), changed: stale }
      this.#certificate = new FollowedPart(this.name, reading, clock)
    }
  }

  /** Whether the files hold something else than was provided last. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  async provide(): Promise<Credential> {
    const parts = [this.#token, this.#certificate].filter((part) => part !== undefined)
    await Promise.all(parts.map((part) => part.open()))
    if (this.#hasProvided && !this.#isBehind) {
      const readings = await Promise.allSettled(parts.map((part) => part.reload()))
      const failed = readings.find((reading) => reading.status === 'rejected')
      // One that fails does not hold the other back.
      if (failed !== undefined && !this.isBehind) throw failed.reason
    }
    this.#hasProvided = true
    this.#isBehind = false
    return createCredential({
      token: this.#token?.current() ?? this.#fixed.token?.reveal(),
      basic: basicOf(this.#fixed),
      certificate: this.#certificate?.current() ?? this.#fixed.certificate,
    })
  }

  /** Follows no file any more. */
  async close(): Promise<void> {
    await Promise.all([this.#token?.close(), this.#certificate?.close()])
  }

  #fallBehind(): void {
    this.#isBehind = true
    if (this.#hasProvided) this.#changed()
  }
}

/** One part of a credential, followed from the first time that it is wanted. */
class FollowedPart<Value> {
  readonly #owner: string
  readonly #reading: FileReading<Value>
  readonly #clock: Clock
  #opening: Promise<void> | undefined
  #file: RotatingFile<Value> | undefined
  #closed = false

  constructor(owner: string, reading: FileReading<Value>, clock: Clock) {
    this.#owner = owner
    this.#reading = reading
    this.#clock = clock
  }

  async open(): Promise<void> {
    this.#opening ??= this.#open()
    await this.#opening
  }

  current(): Value | undefined {
    return this.#file?.current()
  }

  async reload(): Promise<void> {
    await this.#file?.reload()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#file?.close()
  }

  async #open(): Promise<void> {
    try {
      const file = await openRotatingFile(this.#reading, { clock: this.#clock })
      if (this.#closed) {
        await file.close()
        throw sourceClosedError(this.#owner)
      }
      this.#file = file
    } catch (error) {
      // Whoever asks next tries again.
      this.#opening = undefined
      throw error
    }
  }
}

function tokenReading(tokenFile: string, initial: Secret | undefined): FileReading<string> {
  const path = resolve(tokenFile)
  return {
    files: [path],
    read: (context) => readToken(path, context),
    same: (one, other) => one === other,
    initial: initial?.reveal(),
    everyMs: tokenPeriodMs,
  }
}

function certificateReading(
  { certificate, key }: CertificateFiles,
  owner: string,
): FileReading<ClientCertificate> {
  const files = { certificate: resolve(certificate), key: resolve(key) }
  return {
    files: [files.certificate, files.key],
    read: (context) => readCertificatePair(files, { ...context, owner }),
    same: (one, other) => one.fingerprint === other.fingerprint,
    everyMs: certificatePeriodMs,
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
