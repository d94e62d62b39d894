import { inspect } from 'node:util'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'

/** Something that must not happen. */
export interface Finding {
  readonly kind: 'crash' | 'secret' | 'wrong' | 'hang' | 'memory'
  /** What happened; a secret is not repeated in it. */
  readonly what: string
}

/** A secret that no error may show, with signs beside it that no name and no version has. */
export const secretValue: string = `_${plantedSecret}~`

const windowLength = 10
const windows = [plantedSecret, Buffer.from(`x${plantedSecret}x`).toString('base64')].flatMap(
  (text) =>
    Array.from({ length: text.length - windowLength + 1 }, (_, at) =>
      text.slice(at, at + windowLength),
    ),
)

/** Whether a text shows the planted secret, or a good part of it. */
export function showsSecret(text: string): boolean {
  return windows.some((window) => text.includes(window))
}

/** Whether what was thrown is an error of ours that shows no secret. */
export function judgeError(error: unknown): Finding | undefined {
  const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
  if (showsSecret(shown)) return { kind: 'secret', what: 'an error shows the secret' }
  if (error instanceof KubecredError) return undefined
  return { kind: 'crash', what: error instanceof Error ? String(error.stack) : inspect(error) }
}
