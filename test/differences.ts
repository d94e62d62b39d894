import { readFileSync } from 'node:fs'

/** A row of docs/DIFFERENCES.md. */
export interface Difference {
  readonly name: string
  readonly original: string
  readonly ours: string
  readonly why: string
}

/** Every row of docs/DIFFERENCES.md, in its order. */
export const differenceRows: readonly Difference[] = readRows()

/** Every row of docs/DIFFERENCES.md, by its name. */
export const differences: ReadonlyMap<string, Difference> = new Map(
  differenceRows.map((row) => [row.name, row]),
)

/**
 * The row that allows a difference; a test names it where it expects Kubecred to differ.
 *
 * @throws Error when the page has no such row.
 */
export function difference(name: string): Difference {
  const row = differences.get(name)
  if (row === undefined) throw new Error(`docs/DIFFERENCES.md has no row "${name}"`)
  return row
}

function readRows(): readonly Difference[] {
  const page = readFileSync(new URL('../docs/DIFFERENCES.md', import.meta.url), 'utf8')
  const rows = page.matchAll(/^\| `([a-z0-9-]+)` \| (.+) \| (.+) \| (.+) \|$/gmu)
  return [...rows].map(([, name = '', original = '', ours = '', why = '']) => {
    return { name, original, ours, why }
  })
}
