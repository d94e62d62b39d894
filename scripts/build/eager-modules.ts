/** What this needs to know of a chunk that rolldown wrote. */
export interface Chunk {
  readonly fileName: string
  readonly isEntry: boolean
  /** File names of the chunks that it imports statically. */
  readonly imports: readonly string[]
  /** Ids of the modules in it. */
  readonly moduleIds: readonly string[]
}

/** The modules that are loaded when the entry is, without any dynamic import. */
export function eagerModules(chunks: readonly Chunk[]): string[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const eager = new Set(chunks.filter((chunk) => chunk.isEntry))
  // A set visits what is added while it is walked.
  for (const chunk of eager) {
    for (const name of chunk.imports) {
      const imported = byName.get(name)
      if (imported !== undefined) eager.add(imported)
    }
  }
  return [...eager].flatMap((chunk) => chunk.moduleIds.map((id) => id.replaceAll('\\', '/')))
}
