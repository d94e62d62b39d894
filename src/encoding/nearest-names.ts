/** At most two of the names, those that few typing errors lead to, best first. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  // Nobody mistypes a longer name by hand, and the comparison grows with its square.
  if (wanted.length > 200) return []
  const allowed = Math.max(1, Math.floor(wanted.length / 3))
  return names
    .filter((name) => Math.abs(name.length - wanted.length) <= allowed)
    .map((name) => ({ name, distance: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 2)
    .map(({ name }) => name)
}

/** How many letters must be put in, taken out or replaced to turn one name into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = a[row - 1] === b[column - 1] ? 0 : 1
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + replaced,
        ),
      )
    }
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
