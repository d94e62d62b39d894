import type { Clock } from '../credential/clock.ts'

// The words of client-go, which people search for.
const generalHelp = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

// As in client-go: a program that retries for hours need not print this every time.
const limit = 10
const windowMs = 3_600_000

/** Makes a function that gives the help for a plugin that is missing, or '' when given too often. */
export function createInstallHelp(installHint: string, clock: Clock): () => string {
  const hint = cleanInstallHint(installHint)
  const help = hint === '' ? generalHelp : `${generalHelp}\n\n${hint}`
  let windowStart: number | undefined
  let given = 0
  return () => {
    const now = clock.now()
    if (windowStart === undefined || now >= windowStart + windowMs) {
      windowStart = now
      given = 0
    }
    return ++given > limit ? '' : help
  }
}

/** The hint with every character that could steer a terminal printed as `U+001B`. */
export function cleanInstallHint(installHint: string): string {
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu
  return installHint.toWellFormed().replaceAll(unprintable, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
    return `U+${hex.padStart(4, '0')}`
  })
}
