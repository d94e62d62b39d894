/** A key that is a fraction, as Kubernetes writes it: as few digits as single precision needs. */
export function floatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  if (single === 0) return Object.is(single, -0) ? '-0' : '0'
  const [digits = '', exponent = '0'] = shortest(single).split('e')
  const at = Number(exponent)
  // The rule of C's %g, with its exponent of two digits.
  if (at < -4 || at >= 6) {
    return `${digits}e${at < 0 ? '-' : '+'}${String(Math.abs(at)).padStart(2, '0')}`
  }
  return plainDecimal(digits, at)
}

function shortest(value: number): string {
  for (let precision = 0; precision < 9; precision++) {
    const text = value.toExponential(precision)
    if (Math.fround(Number(text)) === value) return text
  }
  return value.toExponential()
}

function plainDecimal(digits: string, exponent: number): string {
  const sign = digits.startsWith('-') ? '-' : ''
  const plain = digits.replace(/^-/u, '').replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${plain}`
  const whole = plain.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = plain.slice(exponent + 1)
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`
}
