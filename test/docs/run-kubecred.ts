import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Long enough for a command to have read its arguments, on a busy machine.
const deadlineMs = 5_000
const program = fileURLToPath(new URL('../../dist/bin/kubecred.cjs', import.meta.url))

// A cluster where nobody answers: what a command does there is no matter, only that its arguments
// are understood. To run the pages against a live server instead, write its kubeconfig here.
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'nobody', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'reader', user: { token: 'KUBECRED-PLANTED-SECRET-docs' } }],
  contexts: [{ name: 'docs', context: { cluster: 'nobody', user: 'reader' } }],
  'current-context': 'docs',
}

/** How a command of a page ended; no exit code when it was still at work, as a proxy is. */
export interface Outcome {
  readonly exitCode: number | undefined
  readonly stderr: string
}

/** Runs the built command line with arguments from a page, in a folder of its own. */
export async function runKubecred(args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'kubecred-docs-'))
  const path = join(folder, 'config')
  writeFileSync(path, JSON.stringify(kubeconfig))
  try {
    return await run(args, folder, { ...process.env, KUBECONFIG: path })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    })
    // A proxy that serves has understood its arguments, and would go on for ever.
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (chunk.startsWith('Starting to serve on ')) child.kill('SIGKILL')
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ exitCode: code ?? undefined, stderr }))
  })
}
