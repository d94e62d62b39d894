/** How a command ended. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

/** A failure that a command has words for itself: the library knows nothing of it. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: number
  /** What to do about it. */
  readonly hint: string | undefined

  constructor(
    message: string,
    options: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
    exitCode: number = exitCodes.failed,
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.exitCode = exitCode
    this.hint = options.hint
  }
}

/** The error of a command line that cannot be understood. */
export function usageError(message: string, hint?: string): CommandError {
  return new CommandError(message, { hint }, exitCodes.usage)
}
