import { systemClock } from '../credential/clock.ts'
import { Renewer, type RenewerOptions } from '../credential/renewer.ts'
import { fileProvider, type FileProviderOptions } from './file-provider.ts'
import { watchFiles, type FileWatch } from './watch-files.ts'

/**
 * A source of what stands in token and certificate files. It reads them when they change, so that no
 * request waits for it, and now and then at the pace of client-go, should the change not show.
 */
export class FileSource extends Renewer {
  readonly #watch: FileWatch

  constructor(options: Omit<FileProviderOptions, 'clock'>, renewal: RenewerOptions = {}) {
    const { clock = systemClock } = renewal
    super(fileProvider({ ...options, clock }), renewal)
    this.#watch = watchFiles(filesOf(options), {
      clock,
      // A failure is an event, and the old one stays.
      changed: () => void this.renew().catch(() => undefined),
    })
  }

  override async close(): Promise<void> {
    this.#watch.close()
    await super.close()
  }
}

function filesOf({ tokenFile, certificateFiles }: FileProviderOptions): readonly string[] {
  const { certificate, key } = certificateFiles ?? {}
  return [tokenFile, certificate, key].filter((file) => file !== undefined)
}
