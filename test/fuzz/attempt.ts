import type { Target } from './targets.ts'
import { judgeError, type Finding } from './verdict.ts'

/** Gives the bytes to the target; what must not happen, if it happened. */
export function attempt(target: Target, bytes: Uint8Array): Finding | undefined {
  try {
    return target.take(bytes)
  } catch (error) {
    return judgeError(error)
  }
}
