/** What standard input of a run was. */
export type StdinKind = 'tty' | 'pipe' | 'file' | 'null' | 'closed'

/** How a fake plugin was run. */
export interface PluginRun {
  /** When it began, milliseconds since the epoch by the machine's clock. */
  readonly time: number
  readonly pid: number
  /** Process that started it. */
  readonly ppid: number
  /** Arguments after the command. */
  readonly argv: readonly string[]
  readonly cwd: string
  /** `KUBERNETES_EXEC_INFO` as it came; undefined when it was not set. */
  readonly execInfo: string | undefined
  /** The variables that `recordEnv` names, where they were set. */
  readonly env: Readonly<Record<string, string>>
  readonly stdin: StdinKind
  /** Process that it started, when told to. */
  readonly grandchildPid: number | undefined
  /** What was typed at its prompt; undefined when nothing came. */
  readonly answer: string | undefined
  /** Signals that it ignored. */
  readonly received: readonly string[]
}

/** One line of the runs file: the beginning of a run, or something that happened in it later. */
type RunLine =
  | ({ readonly event: 'start' } & RunStart)
  | { readonly event: 'answer'; readonly run: string; readonly answer?: string }
  | { readonly event: 'signal'; readonly run: string; readonly signal: string }

interface RunStart extends Omit<PluginRun, 'answer' | 'received'> {
  readonly run: string
}

/** Reads the file in which a plugin notes its runs. */
export function readRuns(text: string): readonly PluginRun[] {
  const runs = new Map<string, PluginRun>()
  // What follows the last line break is still being written.
  for (const line of text.split('\n').slice(0, -1)) {
    // Only the plugin's program writes these lines.
    const entry = JSON.parse(line) as RunLine
    const run = runs.get(entry.run)
    if (entry.event === 'start') runs.set(entry.run, begin(entry))
    else if (run !== undefined) runs.set(entry.run, followUp(run, entry))
  }
  return [...runs.values()]
}

function begin(start: RunStart): PluginRun {
  const { time, pid, ppid, argv, cwd, execInfo, env, stdin, grandchildPid } = start
  const later = { answer: undefined, received: [] }
  return { time, pid, ppid, argv, cwd, execInfo, env, stdin, grandchildPid, ...later }
}

function followUp(run: PluginRun, entry: Exclude<RunLine, { event: 'start' }>): PluginRun {
  return entry.event === 'answer'
    ? { ...run, answer: entry.answer }
    : { ...run, received: [...run.received, entry.signal] }
}
