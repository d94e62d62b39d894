import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { MemoryWatch } from './memory-watch.ts'

/** The most memory that a command held, MiB, whatever its exit code; undefined where nobody tells. */
export async function peakOfCommand(
  command: string,
  args: readonly string[],
  except: string,
): Promise<number | undefined> {
  const child = spawn(command, args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  using watch = new MemoryWatch(child.pid ?? -1, except, 5)
  await ended
  return watch.seen()?.peakMiB
}
