import type { TaskMeta } from 'vitest'

import type { Kubectl } from './kubectls.ts'

/** How a case went beside one kubectl. */
export interface Beside {
  readonly minor: number
  /** Alike in all aspects; or as a row of DIFFERENCES.md says; or this kubectl is the odd one. */
  readonly as: 'same' | 'differs' | 'older'
}

declare module 'vitest' {
  interface TaskMeta {
    /** For the reporter of the differential suite. */
    beside?: Beside[]
  }
}

/** Notes for the report that a case is compared with a kubectl. */
export function tally(
  meta: TaskMeta,
  { minor }: Kubectl,
  deviation: { readonly kind: 'older' | 'differs' } | undefined,
): void {
  meta.beside ??= []
  meta.beside.push({ minor, as: deviation?.kind ?? 'same' })
}
