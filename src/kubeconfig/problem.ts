import { KubecredError } from '../errors/kubecred-error.ts'
import type { Origin } from './entries.ts'
import { givenOf, type OptionName } from './given-options.ts'
import type { Overrides } from './overrides.ts'
import { printableText } from '../encoding/printable-text.ts'

/** Something wrong with an entry: client-go's words, and what to do. */
export interface Problem {
  readonly message: string
  readonly hint?: string | undefined
  /** The entry at fault. */
  readonly origin: Origin
  /** Field of the entry, '' for several. */
  readonly field: string
  /**
   * What does not go together: for each side of it the options that may have brought it, none for what
   * only an entry can hold. Default: one side, of the entry.
   */
  readonly sides?: readonly (readonly OptionName[])[]
}

/** @throws {@link KubecredError} `ERR_KUBECONFIG_INVALID`, with all the problems if there are any. */
export function refuseProblems(problems: readonly Problem[], overrides: Overrides): void {
  const [first] = problems
  if (first === undefined) return
  const { origin, field, hint, sides = [[]] } = first
  const messages = [...new Set(problems.map(({ message }) => message))]
  const text = messages.length === 1 ? messages.join() : `[${messages.join(', ')}]`
  const path = [origin.field, field].filter((part) => part !== '').join('.')
  const given = sides.map((names) => givenOf(names, overrides))
  const options = given.flat()
  const isOfEntry = origin.file !== '' && given.some((names) => names.length === 0)
  const places = options.map((name) => `option "${name}"`)
  if (isOfEntry) places.push(`${path} in ${origin.file}`)
  throw new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    `invalid configuration: ${printableText(text)}`,
    {
      hint: hint === undefined || places.length === 0 ? hint : `${hint} (${places.join(', ')})`,
      details: {
        ...(isOfEntry ? { file: origin.file, field: path } : {}),
        ...(options.length === 0 ? {} : { options }),
      },
    },
  )
}
