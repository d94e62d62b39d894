import { systemClock } from '../credential/clock.ts'
import { Renewer } from '../credential/renewer.ts'
import type { RenewerOptions } from '../credential/renewer-options.ts'
import { FileProvider, type FileProviderOptions } from './file-provider.ts'

/**
 * A source of what stands in token and certificate files. They are followed from the first use on, and
 * what changes is taken at once, so that no request waits for a reading.
 */
export class FileSource extends Renewer {
  readonly #provider: FileProvider

  constructor(options: Omit<FileProviderOptions, 'clock'>, renewal: RenewerOptions = {}) {
    const { clock = systemClock } = renewal
    const provider = new FileProvider({ ...options, clock }, () => void this.#catchUp())
    super(provider, renewal)
    this.#provider = provider
  }

  override async close(): Promise<void> {
    // First: what ends because its files are let go is then no failure.
    const closing = super.close()
    await this.#provider.close()
    await closing
  }

  async #catchUp(): Promise<void> {
    // A renewal that was under way already may have taken what was there before.
    try {
      while (this.#provider.isBehind) await this.renew()
    } catch {
      // The source is closed, or the failure is an event, and the old one stays.
    }
  }
}
