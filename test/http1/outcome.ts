import type { Dispatcher } from 'undici'

/** What a handler was told of a request. */
export interface Outcome {
  statusCode?: number
  headers?: readonly string[]
  body: string
  trailers?: unknown
  error?: Error
}

/** Something that takes requests as undici's `Client` does. */
export interface Dispatching {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
}

/** Sends a GET request and gathers all that its handler is told, which must be in good order. */
export async function outcomeOf(
  client: Dispatching,
  path = '/',
  headers: string[] = [],
): Promise<Outcome> {
  return await new Promise<Outcome>((resolve, reject) => {
    const outcome: Outcome = { body: '' }
    let over = false
    const end = (changes: Partial<Outcome>): void => {
      if (over) reject(new Error('told of an end twice'))
      over = true
      resolve(Object.assign(outcome, changes))
    }
    client.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: (controller, statusCode) => {
          // It is of no interest to whoever sends a GET request.
          if (statusCode < 200) return
          if (over || outcome.statusCode !== undefined) reject(new Error('a head too many'))
          outcome.statusCode = statusCode
          outcome.headers = textsOf(controller.rawHeaders)
        },
        onResponseData: (_, chunk) => {
          if (over || outcome.statusCode === undefined) reject(new Error('data without a head'))
          outcome.body += chunk.toString('latin1')
        },
        onResponseEnd: (_, trailers) => end({ trailers }),
        onResponseError: (_, error) => end({ error }),
      },
    )
  })
}

function textsOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) throw new TypeError('headers as they came')
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')))
}
