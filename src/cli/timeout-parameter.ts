/**
 * The path with the time that the server has, as kubectl tells it: a server that knows when nobody
 * waits any more can stop working. A `timeout` that the path has already stays.
 *
 * @param ms 0 for no limit.
 */
export function withTimeout(path: string, ms: number): string {
  if (ms === 0 || /[?&]timeout=/u.test(path)) return path
  return `${path}${path.includes('?') ? '&' : '?'}timeout=${encodeURIComponent(goDuration(ms))}`
}

/** Writes a duration as Go's `time.Duration` does: `1h0m0s`, `20.5s`, `500ms`. */
function goDuration(ms: number): string {
  if (ms < 1) return ms < 0.001 ? `${round(ms * 1e6)}ns` : `${round(ms * 1000)}µs`
  if (ms < 1000) return `${round(ms)}ms`
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const seconds = `${round((ms % 60_000) / 1000)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

// Sums of fractions leave digits behind that nobody wrote.
function round(value: number): number {
  return Number(value.toFixed(6))
}
