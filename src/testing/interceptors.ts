import type { Exchange, Responder, ScriptedReply } from './exchange.ts'
import type { LoggedRequest } from './request-log.ts'

/** Looks at a request; returns true when it answers it, now or later, or means it to hang. */
export type RequestInterceptor = (request: LoggedRequest, respond: Responder) => boolean

/** An answer for one request; `method` and `path` say for which. */
export interface OneReply extends ScriptedReply {
  /** Default: any. */
  readonly method?: string
  /** Without its query. Default: any. */
  readonly path?: string
}

/** What a test has scripted for a server. */
export class Interceptors {
  #replies: readonly OneReply[] = []
  #interceptors: readonly RequestInterceptor[] = []

  /** Adds an interceptor, to be asked before the others; answers with the way to remove it. */
  add(interceptor: RequestInterceptor): () => void {
    // A wrapper of its own, so that of a function that was added twice one can be removed.
    const own: RequestInterceptor = (request, respond) => interceptor(request, respond)
    this.#interceptors = [own, ...this.#interceptors]
    return () => {
      this.#interceptors = this.#interceptors.filter((other) => other !== own)
    }
  }

  /** Adds an answer for one request, to be used after those added before and fitting too. */
  addOnce(reply: OneReply): void {
    this.#replies = [...this.#replies, reply]
  }

  /** Whether something was scripted for this request, and has been done. */
  take(exchange: Exchange): boolean {
    const reply = this.#replies.find((candidate) => fits(candidate, exchange.entry))
    if (reply === undefined) {
      return this.#interceptors.some((interceptor) => interceptor(exchange.entry, exchange))
    }
    this.#replies = this.#replies.filter((other) => other !== reply)
    exchange.reply(reply)
    return true
  }
}

function fits(reply: OneReply, request: LoggedRequest): boolean {
  return (
    (reply.method ?? request.method) === request.method &&
    (reply.path ?? pathOf(request)) === pathOf(request)
  )
}

function pathOf({ path }: LoggedRequest): string | undefined {
  return path.split('?')[0]
}
