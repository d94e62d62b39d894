import { findKubectls } from './kubectls.ts'

/** Builds the kubectl that is the judge where it is not there yet, before any test's time runs. */
export async function setup(): Promise<void> {
  await findKubectls({ build: true })
}
