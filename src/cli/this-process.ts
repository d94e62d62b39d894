import { isatty } from 'node:tty'

import { systemClock, thisHost } from '../doors/index.ts'
import { run } from './run.ts'
import type { StopSignal, Terminal } from './terminal.ts'

/** Runs the command line in this process, with its streams and its signals. */
export function runInThisProcess(args: readonly string[]): Promise<number> {
  return run(args, thisTerminal())
}

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** This process, as the command line sees it. */
export function thisTerminal(): Terminal {
  const host = thisHost()
  const { NO_COLOR = '', TERM } = host.env
  return {
    host,
    clock: systemClock,
    // Node opens a stream at the first look at it; standard input may be the plugin's.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    get stderr() {
      return process.stderr
    },
    get colour() {
      return NO_COLOR === '' && TERM !== 'dumb' && isatty(2)
    },
    get stdoutIsTerminal() {
      return isatty(1)
    },
    onSignal(listener) {
      const on = (name: NodeJS.Signals): void => {
        const known = stopSignals.find((each) => each === name)
        if (known !== undefined) listener(known)
      }
      for (const name of stopSignals) process.on(name, on)
      return () => {
        for (const name of stopSignals) process.off(name, on)
      }
    },
    exit: (code) => process.exit(code),
  }
}
