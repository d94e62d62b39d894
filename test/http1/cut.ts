/** The pieces that a text, or bytes as Latin-1, are cut into at these places; none is empty. */
export function cut(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...places.filter((place) => place < text.length), text.length]
  const sorted = cuts.toSorted((one, other) => one - other)
  return sorted
    .slice(1)
    .map((end, index) => text.slice(sorted[index], end))
    .filter((piece) => piece !== '')
}
