const redacted = '[redacted]'

const secretWords =
  'passw(?:or)?d|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|bearer|credential|cookie|session|assertion|signature|otp'
const value = `(?:"[^"]*"?|'[^']*'?|[^\\s"',;&]+)`
// The look-behind and the look-ahead keep the search linear, whatever a plugin prints.
const secretName = `(?<![\\w.-])(?=[\\w.-]*(?:${secretWords}))[\\w.-]+`

/** What looks like a secret; each match goes but for its first group. */
const patterns: readonly RegExp[] = [
  // A PEM block; one that the beginning or the end of the text cuts off, too.
  /()-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/gu,
  /()^[\s\S]*-----END [^-]*-----/gu,
  /()\beyJ[\w-]*(?:\.[\w-]*){1,4}/gu,
  /(\b(?:bearer|basic|negotiate|digest)\s+)[^\s"',;]+/giu,
  /(\b(?:authorization|cookie)["']?\s*[:=]\s*)[^\n]+/giu,
  new RegExp(`(${secretName}["']?\\s*[:=]\\s*)${value}`, 'giu'),
  new RegExp(`((?<!\\S)--?(?=[\\w-]*(?:${secretWords}))[\\w-]+\\s+)${value}`, 'giu'),
  // Whom a URL logs in, and what it asks for.
  /(:\/\/)[^\s/@]+(?=@)/gu,
  /(:\/\/[^\s?#"']*[?#])[^\s"']+/gu,
  // The code that a login shows on another device.
  /(\bcode:?\s+)[A-Z0-9-]{6,}/gu,
]

// What is left of encoded data: a long run of its characters.
const longRun = /(?<![\w+/=-])[\w+/=-]{20,}/gu
// A path of ordinary names, and the name of a variable: such runs are worth reading.
const plainRun = /^(?:(?:\/[A-Z]?[a-z][a-z-]{0,15}\d{0,2}){2,}\/?|(?:[A-Z]{1,15}_)+[A-Z]{1,15}=?)$/u

/** What is known to be secret beside what looks like it. */
export interface KnownSecrets {
  /** Everything that the plugin printed on standard output. */
  readonly stdout: string
  /** Values that the configuration hands to the plugin. */
  readonly values: readonly string[]
}

/** The last lines of a plugin's standard error, without anything that is or looks like a secret. */
export function scrub(text: string, known: KnownSecrets): string {
  // Without control characters first: colours within a token must not hide it.
  let clean = withoutKnown(withoutControls(text), known)
  for (const pattern of patterns) clean = clean.replace(pattern, `$1${redacted}`)
  return clean.replace(longRun, (run) => (plainRun.test(run) ? run : redacted)).trim()
}

/** Whether a variable's name says that its value is secret. */
export function isSecretName(name: string): boolean {
  return new RegExp(secretWords, 'iu').test(name)
}

// Colours, titles and cursor movements.
const terminalSequence =
  // oxlint-disable-next-line no-control-regex -- these characters are what is looked for
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-_])/gu

// Terminal sequences whole, then any other control character but line end and tab.
function withoutControls(text: string): string {
  return text
    .replaceAll(terminalSequence, '')
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '')
}

function withoutKnown(text: string, { stdout, values }: KnownSecrets): string {
  let clean = text
  // The longest first: a short one may be part of it.
  for (const secret of values.filter(({ length }) => length >= 4).toSorted(byLength)) {
    clean = clean.replaceAll(secret, () => redacted)
  }
  // Whatever went to standard output as well may be the credential; short words never are.
  return clean.replaceAll(/[^\s"',:;={}[\]]{8,}/gu, (word) =>
    stdout.includes(word) ? redacted : word,
  )
}

function byLength(a: string, b: string): number {
  return b.length - a.length
}
