// A process of its own that runs one plugin: for what a test cannot see within its own process.

import { systemClock } from '../../src/credential/clock.ts'
import { Transcript } from '../../src/exec/transcript.ts'
import { runPlugin } from '../../src/exec/run-plugin.ts'
import { stderrTarget } from '../../src/exec/stderr-target.ts'

/** What the program is told, as JSON in its only argument. */
export interface ParentTask {
  readonly path: string
  readonly stdin: 'inherit' | 'null'
  readonly ownGroup: boolean
  /** Whether the program holds itself alive until the plugin has ended. */
  readonly hold: boolean
  /** Whether a line on standard input makes it exit, with code 7. */
  readonly exitOnInput: boolean
}

const task: ParentTask = JSON.parse(process.argv[2] ?? '')
const timer = task.hold ? setInterval(() => undefined, 1e6) : undefined
if (task.exitOnInput) process.stdin.once('data', () => process.exit(7))
const { stdout } = await runPlugin({
  command: task.path,
  path: task.path,
  args: [],
  env: { PATH: '/usr/bin:/bin' },
  stdin: task.stdin,
  stderr: stderrTarget('inherit', false),
  ownGroup: task.ownGroup,
  maxOutputBytes: 1000,
  transcript: new Transcript(1000),
  signal: new AbortController().signal,
  clock: systemClock,
  host: { platform: process.platform, env: {} },
  onStart: () => undefined,
})
process.stdout.write(stdout)
clearInterval(timer)
