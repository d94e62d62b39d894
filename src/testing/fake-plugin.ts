import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

import type { JsonObject } from '../api/json.ts'
import { behaviourAsJson, type PluginBehaviour } from './plugin-behaviour.ts'
import { pluginProgram } from './plugin-program.ts'
import { readRuns, type PluginRun } from './plugin-runs.ts'

/** What {@link createFakePlugin} takes. */
export interface FakePluginOptions {
  /** Folder for the plugin and its state; made when it is missing. */
  readonly directory: string
  /** File name of the command. Default: `fake-plugin`. */
  readonly name?: string
  /** Behaviour of the first runs; see {@link FakePlugin.behave}. Default: prints nothing. */
  readonly behaviour?: PluginBehaviour | readonly PluginBehaviour[]
  /** Environment variables to note in each run. Default: none. */
  readonly recordEnv?: readonly string[]
}

/** An exec plugin that does as it is told and notes how it was run. */
export interface FakePlugin {
  /** File name of the command. */
  readonly name: string
  /** Absolute path of the command. */
  readonly command: string
  /** From the next run on: one behaviour for every run, or one a run, the last of them repeated. */
  behave(behaviour: PluginBehaviour | readonly PluginBehaviour[]): Promise<void>
  /** The runs that have begun so far, in order. */
  runs(): Promise<readonly PluginRun[]>
  /** Forgets the runs so far. */
  clearRuns(): Promise<void>
  /**
   * The `user` of a kubeconfig that runs this plugin: `apiVersion` v1, interactive mode `Never`.
   *
   * @param exec Fields of `exec` to add or to replace.
   */
  user(exec?: JsonObject): JsonObject
}

/**
 * Writes an exec plugin into a folder: a real executable, which starts about as fast as Node does.
 *
 * @example
 * ```ts
 * import { createFakePlugin } from 'kubecred/testing'
 *
 * const plugin = await createFakePlugin({ directory: 'plugins' })
 * await plugin.behave({ credential: { status: { token: 'secret' } } })
 * // After something has run plugin.command:
 * for (const { argv, execInfo } of await plugin.runs()) console.log(argv, execInfo)
 * ```
 */
export async function createFakePlugin(options: FakePluginOptions): Promise<FakePlugin> {
  const { name = 'fake-plugin', recordEnv = [] } = options
  const directory = resolve(options.directory)
  if (['', '.', '..'].includes(name) || name !== basename(name)) {
    throw new TypeError(`"name" must be a file name: ${name}`)
  }
  const state = join(directory, `${name}.state`)
  const runsFile = join(state, 'runs.jsonl')
  await rm(state, { recursive: true, force: true })
  await mkdir(state, { recursive: true, mode: 0o700 })
  const program = join(state, 'program.cjs')
  await writeFile(program, pluginProgram)
  const command = await writeCommand(join(directory, name), program)

  let generation = 0
  const behave: FakePlugin['behave'] = async (behaviour) => {
    const behaviours = Array.isArray(behaviour) ? behaviour : [behaviour]
    generation += 1
    const text = JSON.stringify({
      generation,
      recordEnv,
      behaviours: behaviours.map(behaviourAsJson),
    })
    const draft = join(state, `behaviour-${generation}.json`)
    await writeFile(draft, text, { mode: 0o600 })
    // A run that begins now sees the old behaviour or the new one, never half of it.
    await rename(draft, join(state, 'behaviour.json'))
  }
  await behave(options.behaviour ?? {})
  return {
    name,
    command,
    behave,
    runs: async () => readRuns(await readFile(runsFile, { encoding: 'utf8', flag: 'a+' })),
    clearRuns: () => writeFile(runsFile, ''),
    user: (exec = {}) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command,
        interactiveMode: 'Never',
        ...exec,
      },
    }),
  }
}

async function writeCommand(path: string, program: string): Promise<string> {
  const { script, suffix } = commandScript(process.platform, process.execPath, program)
  await writeFile(path + suffix, script)
  await chmod(path + suffix, 0o755)
  return path + suffix
}

/**
 * The script that starts a program with Node. A shell in between, because a `#!` line cannot hold a
 * path with a space or a long one; it is replaced by Node, so the process id stays.
 */
export function commandScript(
  platform: NodeJS.Platform,
  node: string,
  program: string,
): { readonly script: string; readonly suffix: string } {
  if (platform === 'win32') {
    const quote = (text: string): string => `"${text.replaceAll('%', '%%')}"`
    return { script: `@${quote(node)} ${quote(program)} %*\r\n`, suffix: '.cmd' }
  }
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  return { script: `#!/bin/sh\nexec ${quote(node)} ${quote(program)} "$@"\n`, suffix: '' }
}
