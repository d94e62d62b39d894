import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { JsonObject } from '../../src/api/json.ts'
import { startApiServer, writeKubeconfig, type FakeApiServer } from '../../src/doors/testing.ts'
import { runCli } from '../cli/fake-terminal.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { policyKubectl } from './policy-kubectl.ts'

/** How a run ended, as far as both tools can be compared. */
export interface Run {
  readonly exitCode: number
  readonly stdout: string
  /** The words of the error without what the tool puts before them; '' when there is none. */
  readonly complaint: string
  /** What was warned of; kubectl ends no line after it. */
  readonly warning: string
  /** How often the plugin ran, and by which paths. */
  readonly plugins: readonly string[]
}

/** What both tools are to do. */
export interface Task {
  /** Command of the exec entry. */
  readonly command: string
  /** Text of a preferences file that is named with `--kuberc`. */
  readonly kuberc?: string | Uint8Array
  /** Text of the file at the default place. */
  readonly standard?: string | Uint8Array
  /** Arguments for both; `~` stands for the home folder, whatever the run. */
  readonly args?: readonly string[]
  /** Variables for both; `~` as in arguments. */
  readonly env?: Readonly<Record<string, string>>
  /** Puts something into the home folder. */
  readonly prepare?: (home: string) => void
}

/** A server, plugins in several places, and a way to run both tools. */
export class PolicyWorld {
  /** Is on PATH. */
  readonly bin: string
  /** Holds symbolic links. */
  readonly links: string
  readonly folder: string
  readonly #server: FakeApiServer
  #count = 0

  private constructor(server: FakeApiServer) {
    this.#server = server
    this.folder = temporaryFolder()
    this.bin = join(this.folder, 'bin')
    this.links = join(this.folder, 'links')
    for (const name of ['bin', 'links', 'other']) mkdirSync(join(this.folder, name))
    this.#plugin(join(this.bin, 'plugin'))
    this.#plugin(join(this.folder, 'other', 'plugin'))
    writeFileSync(join(this.bin, 'plain'), '')
    mkdirSync(join(this.bin, 'folder'))
    symlinkSync(join(this.bin, 'plugin'), join(this.links, 'plugin'))
    symlinkSync(join(this.folder, 'other', 'plugin'), join(this.bin, 'linked'))
  }

  static async start(): Promise<PolicyWorld> {
    return new PolicyWorld(await startApiServer({ tokens: { [token]: { user: 'policy' } } }))
  }

  async close(): Promise<void> {
    await this.#server.close()
  }

  /** Does the task with both tools, side by side. */
  async both(task: Task): Promise<{ readonly theirs: Run; readonly ours: Run }> {
    const [theirs, ours] = await Promise.all([
      this.#run(task, runKubectl),
      this.#run(task, runKubecred),
    ])
    return { theirs, ours }
  }

  /** Does the task with Kubecred. */
  async kubecred(task: Task): Promise<Run> {
    return await this.#run(task, runKubecred)
  }

  async #run(task: Task, tool: Tool): Promise<Run> {
    // Each run has a home of its own; its name must not stand in what it says.
    const home = join(this.folder, `home-${this.#count++}`)
    const log = join(home, 'log')
    mkdirSync(join(home, '.kube'), { recursive: true })
    const exec: JsonObject = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: task.command,
      interactiveMode: 'Never',
    }
    const kubeconfig = join(this.folder, `config-${this.#count}`)
    await writeKubeconfig(kubeconfig, this.#server.kubeconfig({ user: { exec } }))
    if (task.standard !== undefined) {
      writeFileSync(join(home, '.kube', 'kuberc'), task.standard)
    }
    const kuberc = join(home, 'preferences')
    if (task.kuberc !== undefined) writeFileSync(kuberc, task.kuberc)
    task.prepare?.(home)
    const atHome = (text: string): string => text.replace(/^~/u, home)
    const args = [
      ...(task.kuberc === undefined ? [] : ['--kuberc', kuberc]),
      ...(task.args ?? []).map(atHome),
      '--kubeconfig',
      kubeconfig,
    ]
    const env = { PATH: `${this.bin}:/usr/bin:/bin`, HOME: home, PLUGIN_LOG: log }
    const own = Object.entries(task.env ?? {}).map(([name, value]) => [name, atHome(value)])
    const { exitCode, stdout, stderr } = await tool(args, { ...env, ...Object.fromEntries(own) })
    const said = stderr.replaceAll(home, '~')
    return {
      exitCode,
      stdout,
      ...partsOf(said),
      plugins: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [],
    }
  }

  #plugin(path: string): void {
    const reply = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token },
    }
    writeFileSync(
      path,
      `#!/bin/sh\necho "$0" >> "$PLUGIN_LOG"\nprintf '%s' '${JSON.stringify(reply)}'\n`,
    )
    chmodSync(path, 0o755)
  }
}

const token = 'KUBECRED-PLANTED-SECRET-policy'
const path = '/api/v1/namespaces/default'

type Tool = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>

const runKubecred: Tool = (args, env) => runCli(['request', path, ...args], { env })

const runKubectl: Tool = (args, env) =>
  new Promise((resolve) => {
    const options = { env, timeout: 20_000 }
    execFile(
      policyKubectl ?? '',
      ['get', '--raw', path, ...args],
      options,
      (error, stdout, stderr) => {
        const code = error?.code
        resolve({
          exitCode: error === null ? 0 : typeof code === 'number' ? code : -1,
          stdout,
          stderr,
        })
      },
    )
  })

const warningForm =
  /^(?:Warning: )?(?<warning>kuberc: (?:ignoring strict decoding error|no preferences loaded)[^]*?)(?=(?<!decoding )error: |Unable to connect|error occurred|$)/u
const prefixForm =
  /^(?:error: |Unable to connect to the server: |error occurred while applying preferences (?:kuberc error )?)/u

/** What stands on standard error: a warning first, then the first line of the error. */
function partsOf(stderr: string): { readonly warning: string; readonly complaint: string } {
  const warning = warningForm.exec(stderr)?.[0] ?? ''
  const [first = ''] = stderr.slice(warning.length).split('\n')
  return {
    warning: warning
      .replace(/^Warning: /u, '')
      .replaceAll(/\s+/gu, ' ')
      .trim(),
    complaint: first.replace(prefixForm, ''),
  }
}
