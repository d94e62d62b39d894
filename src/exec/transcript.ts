import { ByteCollector, ByteTail } from './byte-collector.ts'

const stderrTailBytes = 4096

/** What a plugin has printed so far, as far as it is kept; also to be read while the plugin runs. */
export class Transcript {
  readonly stdout: ByteCollector
  /** Its last words; nothing when standard error was inherited. */
  readonly stderr: ByteTail = new ByteTail(stderrTailBytes)

  constructor(maxOutputBytes: number) {
    this.stdout = new ByteCollector(maxOutputBytes)
  }
}
