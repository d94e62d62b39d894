import { KubecredError } from '../errors/kubecred-error.ts'
import type { Origin } from './entries.ts'
import { printableText } from './printable-text.ts'

/** Something wrong with an entry: client-go's words, and what to do. */
export interface Problem {
  readonly message: string
  readonly hint?: string | undefined
  /** The entry at fault. */
  readonly origin: Origin
  /** Field of the entry, '' for several. */
  readonly field: string
}

/** @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID`, with all the problems if there are any. */
export function refuseProblems(problems: readonly Problem[]): void {
  const [first] = problems
  if (first === undefined) return
  const { origin, field, hint } = first
  const messages = [...new Set(problems.map(({ message }) => message))]
  const text = messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`
  const path = [origin.field, field].filter((part) => part !== '').join('.')
  throw new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    `invalid configuration: ${printableText(text)}`,
    {
      hint: hint === undefined || origin.file === '' ? hint : `${hint} (${path} in ${origin.file})`,
      details: origin.file === '' ? {} : { file: origin.file, field: path },
    },
  )
}
