import { printable } from '../api/printable.ts'

/** A line of a table; one without a value is left out. */
export type Property = readonly [name: string, value: string | undefined]

/** Names and values for people to read; what stands in a value cannot move the cursor. */
export function propertyTable(properties: readonly Property[]): string {
  const shown = properties.filter((row): row is [string, string] => (row[1] ?? '') !== '')
  const width = Math.max(...shown.map(([name]) => name.length)) + 3
  return shown
    .map(([name, value]) => {
      const [first = '', ...more] = printable(value).split('\n')
      const lines = [
        `${name}:`.padEnd(width) + first,
        ...more.map((line) => ' '.repeat(width) + line),
      ]
      return `${lines.join('\n')}\n`
    })
    .join('')
}

/** A time in RFC 3339, and how far it is from now: `2026-01-01T00:00:00Z (in 1h30m)`. */
export function withDistance(time: string, now: number): string {
  const ms = Date.parse(time) - now
  return `${time} (${ms < 0 ? `${roughly(-ms)} ago` : `in ${roughly(ms)}`})`
}

/** The two largest units, as in `1d3h`. */
export function roughly(ms: number): string {
  let rest = Math.round(ms / 1000)
  const parts: string[] = []
  for (const [unit, seconds] of units) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : parts.join('')
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const
