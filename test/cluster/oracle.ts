import { buildGoProgram, goProgramPath, hasGoProgram } from './go-programs.ts'

/** Path of the oracle, whether or not it has been built. */
export function oraclePath(): string {
  return goProgramPath('oracle')
}

/** Whether the oracle is there, or can be built because Go is. */
export function hasOracle(): boolean {
  return hasGoProgram('oracle')
}

/** The title of tests that ask the oracle; tells why they are skipped where there can be none. */
export function besideClientGo(title: string): string {
  return hasOracle() ? title : `${title} (skipped: Go is not on PATH)`
}

/**
 * Path of the oracle, which is built when it is missing: a minute or two, once.
 *
 * @throws Error when it cannot be built.
 */
export async function buildOracle(tell: (line: string) => void = () => {}): Promise<string> {
  return await buildGoProgram('oracle', tell)
}
