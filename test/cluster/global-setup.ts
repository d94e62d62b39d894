import { getBinaries, whyNoBinaries } from './binaries.ts'

/** Builds what is missing, before any test's time begins to run. */
export async function setup(): Promise<void> {
  if (whyNoBinaries() !== undefined) return
  await getBinaries((line) => process.stdout.write(`${line}\n`))
}
