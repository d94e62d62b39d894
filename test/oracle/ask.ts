import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

import { afterAll } from 'vitest'

import { oraclePath } from '../cluster/oracle.ts'

/** A question to client-go, the kubelet or the API server, as `test/cluster/oracle` reads it. */
export type Question =
  | { readonly reply: { readonly stdout: string; readonly apiVersion: string } }
  | { readonly kubeconfig: KubeconfigQuestion }
  | { readonly time: { readonly text: string } }
  | { readonly pair: { readonly certificate: string; readonly key: string } }
  | { readonly yaml: { readonly bytes: string } }
  | { readonly command: { readonly command: string; readonly path: string } }
  | { readonly writes: { readonly payloads: readonly object[] } }
  | { readonly volume: { readonly source: object } }
  | { readonly payload: object }
  | { readonly field: { readonly pod: object; readonly path: string } }
  | { readonly hpackEncode: { readonly limit: number; readonly steps: readonly HpackStep[] } }
  | { readonly hpackDecode: { readonly blocks: readonly string[] } }

/** Which kubeconfigs to load, and what to set in place of their entries. */
export interface KubeconfigQuestion {
  /** The one file of `--kubeconfig`. */
  readonly explicit?: string
  /** The files of `KUBECONFIG`. */
  readonly files?: readonly string[]
  /** By the names of kubectl's flags. */
  readonly set?: Readonly<Record<string, string>>
  readonly insecure?: boolean
}

/** A list of headers to encode, after the table was set to some sizes. */
export interface HpackStep {
  readonly sizes: readonly number[]
  /** Names and values in turn, in base64. */
  readonly list: readonly string[]
  readonly sensitive: boolean
}

/** What client-go says: a value, or the text of its error. */
export interface Answer {
  readonly value?: unknown
  readonly error?: string
  readonly panic?: string
}

/** Asks client-go. One process serves the tests of a file; answers come in the order of questions. */
export class Oracle {
  readonly #waiting: ((answer: Answer) => void)[] = []
  #process: ChildProcess | undefined

  constructor() {
    afterAll(() => {
      this.#process?.stdin?.end()
      this.#process = undefined
    })
  }

  ask(question: Question): Promise<Answer> {
    const child = (this.#process ??= this.#start())
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      child.stdin?.write(`${JSON.stringify(question)}\n`)
    })
  }

  #start(): ChildProcess {
    const child = spawn(oraclePath(), {
      env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Only the oracle writes here.
      this.#waiting.shift()?.(JSON.parse(line) as Answer)
    })
    child.once('close', () => {
      for (const resolve of this.#waiting.splice(0)) resolve({ panic: 'the oracle has ended' })
    })
    return child
  }
}

/** Bytes as a question holds them. */
export function inBase64(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('base64')
}
