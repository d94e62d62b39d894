import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))

/** A demo that runs as a process of its own. */
export interface DemoProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  stdout(): string
  stderr(): string
  /** Resolves when it has printed this; rejects when it ends before. */
  printed(text: string): Promise<void>
  /** Resolves when it has ended, and when nobody holds its output open any more. */
  readonly ended: Promise<DemoEnd>
}

/** How a demo ended. */
export interface DemoEnd {
  readonly exitCode: number | null
  readonly seconds: number
}

/**
 * Starts the demo.
 *
 * @param folder Where it makes its temporary folder.
 */
export function startDemo(
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): DemoProcess {
  return startProgram(program, args, folder, env)
}

/** Starts another program in the same way. */
export function startProgram(
  path: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): DemoProcess {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      FORCE_COLOR: undefined,
      NODE_OPTIONS: undefined,
      TMPDIR: folder,
      TEMP: folder,
      TMP: folder,
      ...env,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = new Promise<DemoEnd>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      resolve({ exitCode, seconds: (performance.now() - startedAt) / 1000 })
    })
  })
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text)) resolve()
      }
      child.stdout.on('data', look)
      void ended.then(() => reject(new Error(`it never printed ${text}: ${stdout}${stderr}`)))
      look()
    })
  return { child, stdout: () => stdout, stderr: () => stderr, printed, ended }
}

/** What a demo left behind: files in its folder, and processes whose command names the folder. */
export function leftBehind(folder: string): string[] {
  return [...readdirSync(folder), ...processesThatName(folder)]
}

function processesThatName(text: string): string[] {
  // Windows has no short way to ask; there the files that a process holds open cannot be removed.
  if (process.platform === 'win32') return []
  const all = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n')
  return all.filter((line) => line.includes(text))
}
