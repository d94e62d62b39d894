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
  const [, ...functions] = withoutNoise(source).split(/^func (?=Test)/mu)
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

// Comments, and what stands between backquotes, may look like a table. Other strings and characters
// are passed over as a whole, since they may hold what begins one of these.
function withoutNoise(source: string): string {
  return source.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)'|`[^`]*`|\/\/[^\n]*/gu, (token) =>
    /^["']/u.test(token) ? token : '',
  )
}
