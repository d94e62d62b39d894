/** A time for readers, with as many digits as mean something: `380 µs`, `1.4 ms`, `372 ms`, `5.1 s`. */
export function time(ms: number): string {
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** A whole number with its noun: `1 plugin run`, `2,204 requests`. */
export function count(howMany: number, noun: string): string {
  return `${howMany.toLocaleString('en-US')} ${noun}${howMany === 1 ? '' : 's'}`
}
