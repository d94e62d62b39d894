import { spawnSync } from 'node:child_process'

/** Whether a program can be run on this machine. */
export function installed(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
