import { messageOf, systemCodeOf } from '../errors/kubecred-error.ts'
import { systemWords } from './system-words.ts'

/** What Go says of a file that could not be read: `open PATH: no such file or directory`. */
export function fileWords(path: string, error: unknown): string {
  const code = systemCodeOf(error)
  if (code === undefined) return messageOf(error)
  const reading = error instanceof Error && 'syscall' in error && error.syscall === 'read'
  return `${reading ? 'read' : 'open'} ${path}: ${systemWords(code)}`
}
