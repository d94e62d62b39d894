/** Go's zero time, 0001-01-01T00:00:00Z, in milliseconds; in Kubernetes it means "not set". */
export const zeroTime = -62_135_596_800_000

const form =
  /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/u

/**
 * Reads a time as Go's `time.Parse(time.RFC3339, …)` does, which accepts and refuses other texts
 * than `Date.parse`: an hour of one digit, a comma before the fraction, zone offsets up to 24:60.
 *
 * @returns Milliseconds since the epoch, rounded down, or undefined where Go gives an error.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number)
  // The groups are there when the form matches; the compiler does not know.
  const date = dayOf(year ?? 0, month ?? 0, day ?? 0)
  const time = timeOf(hour ?? 0, minute ?? 0, second ?? 0)
  const offset = offsetOf(match[8], Number(match[9]), Number(match[10]))
  if (date === undefined || time === undefined || offset === undefined) return undefined
  return date + time + milliseconds(match[7]) - offset
}

function dayOf(year: number, month: number, day: number): number | undefined {
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? date.getTime() : undefined
}

function timeOf(hour: number, minute: number, second: number): number | undefined {
  const exists = hour < 24 && minute < 60 && second < 60
  return exists ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined
}

function offsetOf(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (sign === undefined) return 0
  // Go lets these two limits pass, because some people write them.
  if (hours > 24 || minutes > 60) return undefined
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function milliseconds(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'))
}
