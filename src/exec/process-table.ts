import { readdirSync, readFileSync } from 'node:fs'

/** One process of the system. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Process group. */
  readonly group: number
  /** When it was started, in the system's own form: tells two processes of one number apart. */
  readonly started: string
}

/** Reads all processes that live; zombies do not. `ps` runs where there is no /proc to read. */
export function readProcessTable(platform: NodeJS.Platform, ps: () => string): ProcessRow[] {
  const pids = platform === 'linux' ? processFolders() : undefined
  if (pids === undefined) return parsePs(ps())
  return pids.flatMap((pid) => parseStat(readStat(pid)) ?? [])
}

/** What `ps` is to print for {@link parsePs}. */
export const psArguments: readonly string[] = ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart=']

/** Reads the lines that `ps` prints. */
export function parsePs(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([^\sZ]\S*)\s+(.*?)\s*$/u.exec(line)
    if (match === null) return []
    const [pid = 0, parent = 0, group = 0] = match.slice(1, 4).map(Number)
    return { pid, parent, group, started: match[5] ?? '' }
  })
}

/** Reads the text of `/proc/PID/stat`; undefined for a zombie. */
export function parseStat(text: string): ProcessRow | undefined {
  // The name stands in parentheses and may itself hold any character.
  const match = /^(\d+) \(.*\) [^ZX] (.*)/su.exec(text)
  if (match === null) return undefined
  // Fields 4, 5 and 22 of proc(5).
  const fields = (match[2] ?? '').split(' ')
  const [parent = 0, group = 0] = fields.map(Number)
  return { pid: Number(match[1]), parent, group, started: fields[18] ?? '' }
}

/** The rows of these processes and of all that descend from them. */
export function withDescendants(
  table: readonly ProcessRow[],
  roots: ReadonlySet<number>,
): ProcessRow[] {
  const children = Map.groupBy(table, ({ parent }) => parent)
  const found = table.filter(({ pid }) => roots.has(pid))
  const seen = new Set(roots)
  // The list grows under the loop: each process adds its children behind it.
  for (const { pid } of found) {
    const added = (children.get(pid) ?? []).filter((child) => !seen.has(child.pid))
    for (const child of added) seen.add(child.pid)
    found.push(...added)
  }
  return found
}

function processFolders(): string[] | undefined {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/u.test(name))
  } catch {
    return undefined
  }
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // It has ended since the folder was read.
    return ''
  }
}
