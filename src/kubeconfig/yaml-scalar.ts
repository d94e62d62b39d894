/** What an unquoted YAML scalar stands for. */
export type ScalarValue = null | boolean | number | string

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
  if (!/^[-+.0-9]/u.test(text)) return text
  return plainNumber(text.replaceAll('_', '')) ?? text
}

function plainNumber(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/u.exec(text) ?? []
  const size = unsignedInteger(digits) ?? unsignedFloat(digits)
  // A literal beyond the range of a double stays text, as in Go.
  if (size === undefined || size === Infinity) return undefined
  return sign === '-' ? 0 - size : size
}

function unsignedInteger(digits: string): number | undefined {
  if (/^0[0-7]+$/u.test(digits)) return Number(`0o${digits}`)
  // Number reads 0x, 0o and 0b as Go does.
  if (/^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/u.test(digits)) {
    return Number(digits)
  }
  return undefined
}

function unsignedFloat(digits: string): number | undefined {
  const isFloat = /^(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/u.test(digits)
  return isFloat ? Number(digits) : undefined
}
