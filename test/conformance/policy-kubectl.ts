import { findKubectls } from '../differential/kubectls.ts'

// Plugin policy came with 1.35, and the key `command` with 1.36.
const oldest = 36

/** A kubectl that knows plugin policies as of 1.36; undefined where there is none. */
export const policyKubectl: string | undefined = (await findKubectls({ build: false })).find(
  ({ minor }) => minor >= oldest,
)?.path

/** The title of tests that compare with it; tells why they are skipped where it is missing. */
export function besidePolicyKubectl(title: string): string {
  const why = `there is no kubectl 1.${oldest} or later`
  return policyKubectl === undefined ? `${title} (skipped: ${why})` : title
}
