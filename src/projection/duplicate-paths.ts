import type { FieldPath } from '../yaml/field-position.ts'
import type { ProblemCollector } from '../yaml/field-problems.ts'
import { FieldProblem } from '../yaml/fields.ts'
import { cleanFilePath } from './payload-path.ts'
import type { VolumeProjection } from './volume.ts'

/**
 * Looks for sources that name the same file twice, however they write its path.
 *
 * @param place Where the sources stand.
 */
export function findDuplicatePaths(
  sources: readonly VolumeProjection[],
  place: FieldPath,
  problems: ProblemCollector,
): void {
  const seen = new Set<string>()
  for (const [index, source] of sources.entries()) {
    for (const { path, field } of pathsOf(source)) {
      // One that could not be read.
      if (path === '') continue
      const clean = cleanFilePath(path)
      if (seen.has(clean)) {
        const fieldPath = [...place, 'sources', index, source.kind, ...field]
        problems.add(new FieldProblem(fieldPath, 'is one of conflicting duplicate paths'))
      }
      seen.add(clean)
    }
  }
}

function pathsOf(
  source: VolumeProjection,
): readonly { readonly path: string; readonly field: FieldPath }[] {
  if (source.kind === 'serviceAccountToken') return [{ path: source.path, field: ['path'] }]
  return source.items.map(({ path }, index) => ({ path, field: ['items', index, 'path'] }))
}
