import { isBuiltin } from 'node:module'
import { importsOf, type Import } from './imports.ts'
import { lineOf, type Source } from './source.ts'
import type { Violation } from './violation.ts'

interface Permission {
  /** The files that may import the package; a `*` stands for the rest of a name. */
  readonly files: readonly string[]
  /** Not loaded before it is needed: only `import()`, and types. */
  readonly lazy: boolean
}

// Third-party packages and the built-in one that is kept in one place; all others are refused.
const permissions: Readonly<Record<string, Permission>> = {
  yaml: { files: ['src/cli/*.ts'], lazy: true },
  undici: {
    files: ['src/transport/undici*.ts', 'src/http1/*.ts', 'src/http2/*.ts', 'src/doors/undici.ts'],
    lazy: false,
  },
  re2js: { files: ['src/cli/proxy-rules.ts'], lazy: true },
  commander: { files: ['src/cli/*.ts'], lazy: false },
  send: { files: ['src/proxy/static-send.ts'], lazy: true },
  'node:child_process': {
    files: [
      'src/exec/run-plugin.ts',
      'src/exec/stop-process-tree.ts',
      'src/testing/*.ts',
      'src/cli/renewal-command.ts',
    ],
    lazy: false,
  },
}

/** Packages are imported only in the files that are there for it. */
export function checkPackages(source: Source): Violation[] {
  if (!source.path.startsWith('src/')) return []
  return importsOf(source).flatMap((imported) => {
    const why = whyNot(source.path, imported)
    if (why === undefined) return []
    return [
      { path: source.path, line: lineOf(source, imported.start), rule: 'package import', why },
    ]
  })
}

function whyNot(path: string, { specifier, kind }: Import): string | undefined {
  if (specifier.startsWith('.')) return undefined
  const name = packageName(specifier)
  const permission = permissions[name]
  if (permission === undefined) {
    if (specifier.startsWith('node:')) return undefined
    return isBuiltin(specifier)
      ? `write node:${specifier}, so that no package can stand in for it`
      : `${name} is not among the packages that the library may use`
  }
  if (!permission.files.some((pattern) => matches(path, pattern))) {
    return `${name} may be imported only in ${permission.files.join(', ')}`
  }
  const early = permission.lazy && kind === 'static'
  return early ? `${name} takes long to load; use import() at the first need` : undefined
}

function packageName(specifier: string): string {
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

function matches(path: string, pattern: string): boolean {
  const [beginning = '', end = ''] = pattern.split('*')
  return pattern.includes('*') ? path.startsWith(beginning) && path.endsWith(end) : path === pattern
}
