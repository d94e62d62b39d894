import { KubecredError } from '../doors/index.ts'

const flagOf: ReadonlyMap<string, string> = new Map([
  ['impersonate.groups', 'as-group'],
  ['impersonate.uid', 'as-uid'],
])

/** The same error, whose hint names flags where the library names the options that they set. */
export function withFlags(error: unknown): unknown {
  if (!(error instanceof KubecredError)) return error
  const { code, message, hint, details } = error
  const { options = [] } = details
  if (hint === undefined || options.length === 0) return error
  const named = options.reduce(
    (text, option) =>
      text.replace(`option "${option}"`, `--${flagOf.get(option) ?? kebab(option)}`),
    hint,
  )
  return new KubecredError(code, message, { hint: named, details })
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)
}
