import { posix } from 'node:path'
import type { Violation } from './violation.ts'

const banned = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'types']
const longestFile = 250

/** Names say what is inside; index.ts stands at the one door that is the package itself. */
export function checkNames(path: string): Violation[] {
  const parts = path.split('/').map((part) => part.split('.')[0] ?? '')
  const bad = parts.find((part) => banned.includes(part))
  const file = posix.basename(path)
  const whys = [
    bad === undefined ? '' : `"${bad}" does not say what is inside; name the idea`,
    file === 'index.ts' && path !== 'src/doors/index.ts' ? 'only src/doors/ has an index.ts' : '',
    /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(file) ? '' : 'file names are kebab-case',
  ]
  return whys.filter((why) => why !== '').map((why) => ({ path, line: 1, rule: 'file name', why }))
}

/** A long file usually holds two ideas. */
export function checkLength(path: string, text: string): Violation[] {
  const lines = text.trimEnd().split('\n').length
  if (!path.startsWith('src/') || lines <= longestFile) return []
  const why = `${lines} lines, more than ${longestFile}; it probably holds two ideas`
  return [{ path, line: lines, rule: 'file length', why }]
}
