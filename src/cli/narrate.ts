import { subscribe, type KubecredEvents } from '../doors/index.ts'
import type { Session } from './session.ts'

/** From this level of `-v` on, what happens to credentials is told. */
export const credentialLevel = 1
/** From this level of `-v` on, requests that are sent again are told, as kubectl does. */
export const retryLevel = 4
/** From this level of `-v` on, requests are told, as kubectl does. */
export const requestLevel = 6

/** Tells on stderr what happens to credentials, until the function that it gives is called. */
export function narrate(level: number, { say }: Pick<Session, 'say'>): () => void {
  if (level < credentialLevel) return () => undefined
  const ends = [
    subscribe('kubecred:exec:start', (event) => {
      say(`plugin ${event.command} started (pid ${event.pid}, ${event.reason})`)
    }),
    subscribe('kubecred:exec:end', (event) => {
      say(pluginEnded(event))
    }),
    subscribe('kubecred:credential:renewed', (event) => {
      say(renewed(event))
    }),
    subscribe('kubecred:credential:failed', (event) => {
      say(
        `${event.source}: ${firstLine(event.message)} (${event.usable ? 'the old credential still serves' : 'there is no credential'})`,
      )
    }),
    subscribe('kubecred:credential:rejected', (event) => {
      say(`${event.source}: the server answered 401 to the credential`)
    }),
    subscribe('kubecred:transport:replay', (event) => {
      say(`${event.method} request to ${event.server} sent again with the new credential`)
    }),
    subscribe('kubecred:transport:rotation', (event) => {
      say(`${event.server}: new client certificate, ${event.draining} requests drain`)
    }),
  ]
  if (level >= retryLevel) {
    ends.push(
      subscribe('kubecred:transport:retry', (event) => {
        say(retried(event))
      }),
    )
  }
  return () => {
    for (const end of ends) end()
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function pluginEnded(event: KubecredEvents['kubecred:exec:end']): string {
  const how = event.ok ? 'ok' : (event.errorCode ?? 'failed')
  if (!event.started) return `plugin ${event.command} was not started: ${how}`
  return `plugin ${event.command} ended after ${whole(event.durationMs)} ms: ${how}`
}

function renewed(event: KubecredEvents['kubecred:credential:renewed']): string {
  const { expiresAt } = event
  const until =
    expiresAt === undefined ? 'without end' : `until ${new Date(expiresAt).toISOString()}`
  return `${event.source}: new credential (${event.changed} changed, ${event.reason}) ${until}`
}

function retried(event: KubecredEvents['kubecred:transport:retry']): string {
  const { method, server, attempt, statusCode, errorCode, waitMs } = event
  const why =
    statusCode === undefined
      ? `The connection was lost (${errorCode ?? 'closed'})`
      : `Got a Retry-After response (${statusCode})`
  return `${why}: ${method} request to ${server} is sent again in ${waitMs / 1000} s (attempt ${attempt})`
}

/** Milliseconds without a fraction. */
export function whole(ms: number): number {
  return Math.round(ms)
}
