import { readFileSync } from 'node:fs'

/**
 * How many files and connections this process may have open; undefined where the system does not say.
 *
 * Node has raised the limit as far as it may when it started, so this is the harder of the two.
 */
export function mostOpenFiles(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const most = /^Max open files +(?<most>\d+) /mu.exec(limits)?.groups?.['most']
    return most === undefined ? undefined : Number(most)
  } catch {
    return undefined
  }
}
