/** What belongs into the package besides the build. */
const pages = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'SECURITY.md',
  'dist/bin/LICENSES.txt',
]
// Well above what it is, so that a feature fits; a bundle that took in a library by mistake does not.
const longestPackage = 4 * 1024 * 1024

/** A file of the package, as `npm pack --json` lists it. */
export interface PackedFile {
  readonly path: string
  readonly size: number
}

/**
 * What is wrong with the contents of the package; `needed` are the files that package.json names, and
 * those that the pages link to.
 */
export function packageFaults(files: readonly PackedFile[], needed: readonly string[]): string[] {
  const paths = files.map(({ path }) => path)
  const wanted = new Set([...pages, ...needed.map((path) => path.replace(/^\.\//, ''))])
  const missing = [...wanted]
    .filter((path) => !paths.includes(path))
    .map((path) => `${path} is missing`)
  const strange = paths
    .filter((path) => !wanted.has(path) && !/^dist\/[\w/-]+(\.d\.ts|\.c?js)$/.test(path))
    .map((path) => `${path} does not belong into the package`)
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const tooLong = size > longestPackage ? [`${size} bytes are more than ${longestPackage}`] : []
  return [...missing, ...strange, ...tooLong]
}
