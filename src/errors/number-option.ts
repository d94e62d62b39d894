/**
 * The value of an option that is a number from zero up.
 *
 * @throws TypeError for any other.
 */
export function atLeastZero(name: string, value: number): number {
  if (typeof value !== 'number') throw new TypeError(`"${name}" must be a number: ${typeof value}`)
  if (value >= 0) return value
  throw new TypeError(`"${name}" must not be less than zero: ${value}`)
}

/**
 * The value of an option that is a whole number from one up.
 *
 * @throws TypeError for any other.
 */
export function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value
  throw new TypeError(`"${name}" must be a whole number from 1 up: ${value}`)
}
