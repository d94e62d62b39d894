import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

import { psArguments, readProcessTable } from '../../src/exec/process-table.ts'

/** Whether a process lives; a zombie does not. */
export function isRunning(pid: number): boolean {
  const ps = (): string => execFileSync('ps', psArguments, { encoding: 'utf8' })
  return readProcessTable(process.platform, ps).some((row) => row.pid === pid)
}

/** Waits until a condition holds, and fails when it does not within ten seconds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits for a file in which a script leaves a process id, and reads it. */
export async function pidIn(file: string): Promise<number> {
  const read = (): number => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)
  await until(`${file} holds a process id`, () => read() > 0)
  return read()
}
