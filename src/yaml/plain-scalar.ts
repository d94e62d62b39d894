/** What an unquoted YAML scalar stands for; an integer that a number cannot hold is a bigint. */
export type ScalarValue = null | boolean | number | bigint | string

const words = new Map<string, null | boolean | number>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
])

/**
 * Reads an unquoted scalar as the YAML library of Kubernetes does: YAML 1.1 with its `yes` and
 * `off`, octal `017` and `1_000`, but without base 60 and without dates.
 */
export function plainScalar(text: string): ScalarValue {
  const word = words.get(text)
  if (word !== undefined) return word
  if (text.startsWith('.')) return fraction(text) ?? text
  if (!/^[-+0-9]/u.test(text)) return text
  const digits = text.replaceAll('_', '')
  return integer(digits) ?? float(digits) ?? text
}

/** Whether it is written as a whole number, so that `!!float` changes its kind. */
export function isInteger(text: string): boolean {
  return /^[-+0-9]/u.test(text) && integer(text.replaceAll('_', '')) !== undefined
}

// As Go's strconv: what does not fit into 64 bits is no integer.
const largest = 2n ** 64n - 1n
const largestSigned = 2n ** 63n - 1n

function integer(digits: string): number | bigint | undefined {
  const [, sign = '', size = ''] = /^([-+]?)(.*)$/su.exec(digits) ?? []
  const value = unsigned(size)
  if (value === undefined || value > (sign === '' ? largest : largestSigned)) {
    return sign === '-' && value === largestSigned + 1n ? -value : undefined
  }
  const signed = sign === '-' ? -value : value
  const number = Number(signed)
  return Number.isSafeInteger(number) ? number : signed
}

function unsigned(digits: string): bigint | undefined {
  if (/^0[0-7]+$/u.test(digits)) return BigInt(`0o${digits}`)
  // BigInt reads 0x, 0o and 0b as Go does.
  if (/^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/u.test(digits)) {
    return BigInt(digits)
  }
  return undefined
}

function float(digits: string): number | undefined {
  const isFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/u.test(digits)
  return isFloat ? finite(digits) : undefined
}

/** Behind a point, `_` may stand between digits only. */
function fraction(text: string): number | undefined {
  const isFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/u.test(text)
  return isFloat ? finite(text.replaceAll('_', '')) : undefined
}

function finite(digits: string): number | undefined {
  const value = Number(digits)
  // A literal beyond the range of a double stays text, as in Go.
  return Number.isFinite(value) ? value : undefined
}
