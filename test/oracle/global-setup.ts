import { buildOracle, hasOracle } from '../cluster/oracle.ts'

/** Builds the oracle before any test's time begins to run. */
export async function setup(): Promise<void> {
  if (hasOracle()) await buildOracle((line) => process.stdout.write(`${line}\n`))
}
