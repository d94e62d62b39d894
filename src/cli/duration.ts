// Milliseconds, by the units of Go's time.ParseDuration. The micro sign and the Greek letter both.
const units = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu
const whole = new RegExp(`^\\+?(?:${part.source})+$`, 'u')

/**
 * Reads a duration as kubectl reads `--request-timeout`: `0`, `30` (seconds), `1m30s`, `500ms`.
 *
 * @returns Milliseconds, or undefined when it is none.
 */
export function parseDuration(text: string): number | undefined {
  if (/^\+?\d+$/u.test(text)) return Number(text) * 1000
  if (!whole.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(part)) {
    sum += Number(count) * (units.get(unit ?? '') ?? Number.NaN)
  }
  return sum
}

/**
 * As {@link parseDuration}, but a number without a unit is none: `30s`, `1m30s`; `0` needs no unit.
 *
 * @returns Milliseconds, or undefined when it is none.
 */
export function parseWithUnit(text: string): number | undefined {
  return /^\+?0*[1-9]\d*$/u.test(text) ? undefined : parseDuration(text)
}
