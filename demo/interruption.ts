// Codes as a shell reports a command that a signal ended.
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const

/** The end of the demo from outside: a signal, or nobody reads any more. */
export class Interruption extends Error {
  override readonly name: string = 'Interruption'
  readonly exitCode: number

  constructor(signal: keyof typeof exitCodes) {
    super(`ended by ${signal}`)
    this.exitCode = exitCodes[signal]
  }
}

/**
 * Hears of the interruption, and keeps it from ending the process before things are put away.
 *
 * npm passes Ctrl-C on to a process that has had it already, so a second one means nothing.
 */
export function heardInterruption(stdout: NodeJS.WritableStream): Promise<Interruption> {
  return new Promise((done) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => done(new Interruption(signal)))
    stdout.on('error', () => done(new Interruption('SIGPIPE')))
  })
}
