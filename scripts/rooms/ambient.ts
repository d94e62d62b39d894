import { importsOf } from './imports.ts'
import { lineOf, type Source } from './source.ts'
import type { Violation } from './violation.ts'
import { dottedName, type SyntaxNode } from './walk.ts'

interface Ambient {
  readonly names: readonly string[]
  /** Beginnings of the paths in src/ where these names may stand. */
  readonly allowedIn: readonly string[]
  readonly why: string
}

const ambients: readonly Ambient[] = [
  {
    names: ['process.env', 'process.platform', 'process.cwd'],
    allowedIn: ['src/host/', 'src/testing/', 'src/cli/main.ts'],
    why: 'the process is read in src/host/ only; take a Host as an option',
  },
  {
    names: ['Date.now', 'new Date()', 'performance.now', 'process.hrtime', 'process.hrtime.bigint'],
    allowedIn: ['src/credential/clock.ts', 'src/testing/'],
    why: 'time comes in as a Clock, so that tests can make it pass',
  },
  {
    names: [
      'setTimeout',
      'setInterval',
      'AbortSignal.timeout',
      'node:timers',
      'node:timers/promises',
    ],
    allowedIn: ['src/credential/clock.ts', 'src/testing/'],
    why: 'timers come from a Clock, so that tests can make time pass',
  },
  {
    names: ['Math.random'],
    allowedIn: ['src/credential/clock.ts', 'src/testing/'],
    why: 'randomness comes in as an option, so that tests can choose it',
  },
]

// Exceptions, each with its reason.
const allowances: readonly { path: string; name: string; reason: string }[] = []

/** Time, randomness, environment and platform come in as options; their globals have one home. */
export function checkAmbient(source: Source): Violation[] {
  if (!source.path.startsWith('src/')) return []
  const uses = [
    ...source.nodes.flatMap((node) => globalsIn(node)),
    ...importsOf(source).map(({ specifier, start }) => ({ name: specifier, start })),
  ]
  return uses.flatMap(({ name, start }) => {
    const ambient = ambients.find(({ names }) => names.includes(name))
    if (ambient === undefined || isAllowed(source.path, name, ambient)) return []
    const line = lineOf(source, start)
    return [{ path: source.path, line, rule: 'ambient state', why: `${name}: ${ambient.why}` }]
  })
}

function globalsIn(node: SyntaxNode): { name: string; start: number }[] {
  const { start } = node
  if (node.type === 'MemberExpression') return [{ name: dottedName(node) ?? '', start }]
  const callee = dottedName(node['callee'])
  if (node.type === 'CallExpression' && callee !== undefined && !callee.includes('.')) {
    return [{ name: callee, start }]
  }
  const isNow = node.type === 'NewExpression' && callee === 'Date'
  return isNow && String(node['arguments']) === '' ? [{ name: 'new Date()', start }] : []
}

function isAllowed(path: string, name: string, { allowedIn }: Ambient): boolean {
  if (allowedIn.some((beginning) => path.startsWith(beginning))) return true
  return allowances.some((allowance) => allowance.path === path && allowance.name === name)
}
