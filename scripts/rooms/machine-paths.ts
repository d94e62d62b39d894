import { posix } from 'node:path'
import type { Violation } from './violation.ts'

// Names that stand for anybody's home folder in examples.
const anybody = 'ann|me|user|you|alice|bob|jane|dev|node|runner'
const machinePath = new RegExp(
  [
    String.raw`(?<![\w.:/-])\/(work|workspaces?|root|builds)\/`,
    String.raw`(?<![\w.:/-])\/(home|Users)\/(?!(${anybody})\b)\w+`,
    String.raw`[A-Z]:[\\/]+Users[\\/]+(?!(${anybody})\b)\w+`,
  ].join('|'),
  'i',
)

/** No file tells on which machine it was written, or points to a file that others do not have. */
export function checkMachinePaths(path: string, text: string, root: string): Violation[] {
  return text.split('\n').flatMap((content, index) => {
    const found = machinePath.exec(content)?.[0] ?? (content.includes(root) ? root : undefined)
    const outside = found ?? (holdsPointers(path) ? leadsOutside(path, content) : undefined)
    if (outside === undefined) return []
    const why = `"${outside}" is a path that other machines do not have`
    return [{ path, line: index + 1, rule: 'machine path', why }]
  })
}

// Code may have such paths as data, for example in a kubeconfig of a test.
function holdsPointers(path: string): boolean {
  return /\.(md|ya?ml|json|sh)$|^\.ci\//.test(path)
}

function leadsOutside(path: string, content: string): string | undefined {
  const pointers = content.match(/(?<![\w./])(\.\.\/)+[\w.-]+/g) ?? []
  return pointers.find((to) => posix.join(posix.dirname(path), to).startsWith('..'))
}
