import { usageError } from './command-error.ts'
import type { Flag } from './flag.ts'

/** The flags of commands that send requests again. */
export interface RetryFlags {
  /** Most times that a request is sent again; missing for the library's default. */
  readonly retries?: number
}

/** How the command line has {@link RetryFlags}. */
export const retriesFlag: Flag = {
  name: 'retries',
  value: 'count',
  help: 'how often to send again what the server says to try later (default 10); 0 for never',
  read: readCount,
}

/** The flags as `connect` takes them. */
export function retriesOf({ retries }: RetryFlags): { readonly max: number | undefined } {
  return { max: retries }
}

function readCount(text: string): number {
  if (/^\d+$/u.test(text)) return Number(text)
  throw usageError(`invalid argument "${text}" for "--retries" flag`, 'give a number: --retries=3')
}
