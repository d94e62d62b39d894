import type { Spread } from './results.ts'

/** A number with as many digits as mean something, and its unit: `5,480`, `118 ms`, `0.17 ms`. */
export function figure(value: number, unit = ''): string {
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`
}

function digits(value: number): string {
  if (Number.isInteger(value) || value >= 99.95) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(value >= 9.995 ? 1 : value >= 0.1 ? 2 : 3)
}

/** A ratio: `1.04`, `17.7`, `0.969`. */
function ratioText(ratio: number): string {
  return ratio.toFixed(ratio >= 9.995 ? 1 : ratio >= 0.9995 ? 2 : 3)
}

/** A ratio with the smallest and the largest: `1.04 (0.97–1.10)`. */
export function spreadText({ median, min, max }: Spread): string {
  const middle = ratioText(median)
  return min === max ? middle : `${middle} (${min.toFixed(2)}–${max.toFixed(2)})`
}
