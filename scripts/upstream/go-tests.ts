/** A test function of Go, and the names of the cases in its tables. */
export interface GoTest {
  readonly name: string
  /** Sorted, each once. */
  readonly cases: readonly string[]
}

// A case is a struct with a name in it, an entry of a map at the depth where tables of cases stand,
// or a subtest with its name written out.
const caseNames = [
  /^\t{2,4}\{?(?:name|desc):\s+"((?:[^"\\]|\\.)*)"/gmu,
  /^\t\t"((?:[^"\\]|\\.)*)":\s+\{/gmu,
  /\bt\.Run\("((?:[^"\\]|\\.)*)"/gu,
]

/** Finds the test functions in a Go source, formatted as gofmt does it, and their cases. */
export function goTests(source: string): readonly GoTest[] {
  // What stands between backquotes is data, and may look like a table.
  const [, ...functions] = source.replaceAll(/`[^`]*`/gu, '``').split(/^func (?=Test)/mu)
  return functions.flatMap((text) => {
    const name = /^(Test\w+)\(t \*testing\.T\)/u.exec(text)?.[1]
    // The function ends where a brace stands in the first column.
    const body = text.split(/^\}/mu, 1)[0] ?? ''
    const cases = caseNames.flatMap((pattern) =>
      [...body.matchAll(pattern)].map(([, found = '']) => found.replaceAll(/\\(.)/gu, '$1')),
    )
    return name === undefined ? [] : [{ name, cases: [...new Set(cases)].toSorted() }]
  })
}
