import { KubecredError } from '../../src/doors/index.ts'
import { count, time } from '../figures.ts'
import { ask } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'

const callers = 100
// A caller that comes while the first run goes on shares it; one that comes later may try again.
const mostRuns = 2
const atMostMs = 3000

/** The plugin is broken: everybody hears why, and it is not run for each of them. */
export const failingPlugin: Scene = {
  title: 'the plugin fails',
  play: (stage) =>
    stage.record(async (recorder) => {
      const stderr = 'demo-plugin: your session has ended, please sign in again\n'
      await stage.plugin.behave({ delayMs: 100, stderr, exitCode: 1 })
      const cluster = await stage.connect()
      const startedAt = performance.now()
      const errors = await Promise.all(
        Array.from({ length: callers }, () =>
          ask(cluster).then(noError, (error: unknown) => error),
        ),
      )
      const ms = performance.now() - startedAt
      const clear = errors.filter(isClear)
      const [error] = clear
      claim(error !== undefined, 'requests went out without a credential')
      claim(clear.length === callers, `only ${clear.length} of ${callers} requests said why`)
      claim(recorder.runs.length <= mostRuns, `the plugin ran ${recorder.runs.length} times`)
      claim(ms < atMostMs, `the last caller waited ${time(ms)}`)
      return {
        text: `${callers} clear errors after ${count(recorder.runs.length, 'plugin run')}`,
        time: time(ms),
        details: explain(error),
      }
    }),
}

/** Whether it says what, why, and what to do. */
function isClear(error: unknown): error is KubecredError {
  return (
    error instanceof KubecredError && (error.hint ?? '') !== '' && 'stderrTail' in error.details
  )
}

function noError(): undefined {
  return undefined
}

/** In the form of the command line. */
function explain({ message, hint = '', details }: KubecredError): string[] {
  return [`error: ${message}`, `cause: ${details.stderrTail ?? ''}`.trim(), `hint: ${hint}`]
}
