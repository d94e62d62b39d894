/**
 * Checks that options are there and an object: a program in JavaScript may give anything.
 *
 * @param what Names them in the message: `"options" of TokenManager`.
 * @throws TypeError for what is none.
 */
export function checkOptions(what: string, given: unknown): void {
  if (!isObject(given))
    throw new TypeError(`${what} must be an object of options: ${shownValue(given)}`)
}

/**
 * Checks that an option is an object.
 *
 * @throws TypeError for any other.
 */
export function checkObject(name: string, given: unknown): void {
  if (!isObject(given)) throw new TypeError(`"${name}" must be an object: ${shownValue(given)}`)
}

/**
 * Checks that an option is a text with something in it.
 *
 * @throws TypeError for any other.
 */
export function checkText(name: string, given: unknown): void {
  if (typeof given === 'string' && given !== '') return
  const words = typeof given === 'string' ? '' : `: ${shownValue(given)}`
  throw new TypeError(`"${name}" must be a text that is not empty${words}`)
}

/**
 * Checks that an option is a function.
 *
 * @throws TypeError for any other.
 */
export function checkFunction(name: string, given: unknown): void {
  if (typeof given === 'function') return
  throw new TypeError(`"${name}" must be a function: ${shownValue(given)}`)
}

/** A value for a message; of a text, which may be a secret, and of what is long the kind only. */
export function shownValue(value: unknown): string {
  const isShort = value === null || ['undefined', 'number', 'boolean'].includes(typeof value)
  return isShort ? String(value) : typeof value
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
