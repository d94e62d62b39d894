import { spawn } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Counts, readClosingLine } from './counts.ts'
import { plantedSecret, SecretWatch } from './planted-secret.ts'

/** What came of one run of vitest. */
export interface SuiteRun {
  /** The counts it printed; undefined when it ended without. */
  readonly printed: Counts | undefined
  readonly succeeded: boolean
}

// Far above what the slowest suite takes on a slow machine; a run that hangs has to end somewhere.
const deadlineMs = 20 * 60_000
const vitest = fileURLToPath(import.meta.resolve('../../node_modules/vitest/vitest.mjs'))

/**
 * Runs vitest on this very Node and passes its output on, but for the closing line, which the
 * caller prints when all is known. The run fails if a planted secret stands in the output.
 */
export async function runVitest(args: readonly string[]): Promise<SuiteRun> {
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  })
  const watch = new SecretWatch()
  let printed: Counts | undefined
  const out = copyLines(child.stdout, process.stdout, (line) => {
    watch.see(line)
    const counts = readClosingLine(line)
    printed = counts ?? printed
    return counts === undefined
  })
  const err = copyLines(child.stderr, process.stderr, (line) => {
    watch.see(line)
    return true
  })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const [code] = await Promise.all([exited, out, err])
  if (watch.found) {
    process.stderr.write(`A planted secret (${plantedSecret}) stands in the output of the suite.\n`)
  }
  return { printed, succeeded: code === 0 && !watch.found }
}

/** Programs that the tests start by name run on the same Node, too. */
function environment(): NodeJS.ProcessEnv {
  const env = { ...process.env }
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  env[path] = `${dirname(process.execPath)}${delimiter}${env[path] ?? ''}`
  if (process.stdout.isTTY && env['NO_COLOR'] === undefined) env['FORCE_COLOR'] = '1'
  return env
}

async function copyLines(
  from: NodeJS.ReadableStream,
  to: NodeJS.WritableStream,
  wanted: (line: string) => boolean,
): Promise<void> {
  from.setEncoding('utf8')
  let rest = ''
  for await (const chunk of from) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (wanted(`${line}\n`)) to.write(`${line}\n`)
  }
  if (rest !== '' && wanted(rest)) to.write(rest)
}
