/** A subpath that the package exports. */
export interface Door {
  /** What a program imports, such as `kubecred/https`. */
  readonly name: string
  /** Its declaration file, from the root of the package. */
  readonly types: string
  /** Its module, from the root of the package. */
  readonly module: string
}

/** The doors of a package, by its package.json. */
export function doorsOf(manifest: unknown): Door[] {
  const { name, exports } = asRecord(manifest)
  return Object.entries(asRecord(exports)).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return []
    const { types, default: module } = asRecord(target)
    if (typeof name !== 'string' || typeof types !== 'string' || typeof module !== 'string') {
      throw new Error(`package.json: the export ${subpath} needs "types" and "default"`)
    }
    return [{ name: name + subpath.slice(1), types, module }]
  })
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
