import { systemWords } from './system-words.ts'

/** A process that wants to know, and how it is told. */
export interface SignalTarget {
  readonly signal: NodeJS.Signals
  /** Its number, or the absolute path of a file with it. */
  readonly process: number | string
}

// A number has less; whatever is longer is another file.
const longestFile = 64

/**
 * Sends a signal.
 *
 * @returns What went wrong, in words; undefined when it was sent.
 */
export async function sendSignal({
  signal,
  process: target,
}: SignalTarget): Promise<string | undefined> {
  const found = typeof target === 'number' ? { pid: target } : await pidIn(target)
  if ('problem' in found) return found.problem
  try {
    process.kill(found.pid, signal)
    return undefined
  } catch (error) {
    return `${signal} to process ${found.pid}: ${reasonOf(error)}`
  }
}

async function pidIn(
  file: string,
): Promise<{ readonly pid: number } | { readonly problem: string }> {
  const { readFile } = await import('node:fs/promises')
  try {
    const text = (await readFile(file, 'utf8')).slice(0, longestFile).trim()
    const pid = Number(text)
    // 0 and negative numbers are groups of processes, and 1 is the system's own.
    if (/^\d+$/u.test(text) && pid > 1 && pid < 2 ** 31) return { pid }
    return { problem: `${file} holds no number of a process` }
  } catch (error) {
    return { problem: `open ${file}: ${systemWords(error)}` }
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ESRCH') return 'there is no such process'
  return code === 'EPERM' ? 'it is another user’s' : systemWords(error)
}
