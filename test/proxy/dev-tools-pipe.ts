import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { Readable, Writable } from 'node:stream'

// Far more than any step of these tests takes on a busy machine.
const patienceMs = 30_000

/** What a browser answers; which fields there are depends on the call. */
export interface DevToolsAnswer {
  readonly browserContextId: string
  readonly targetId: string
  readonly sessionId: string
  readonly result: { readonly value: unknown }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: DevToolsAnswer
  readonly error?: { readonly message: string }
}

/** Talks to a browser that was started with `--remote-debugging-pipe`, over its descriptors 3 and 4. */
export class DevToolsPipe {
  readonly #calls: Writable
  readonly #messages = new EventEmitter<Record<string, [Message]>>()
  #lastId = 0
  #rest = ''

  constructor({ stdio: [, , , calls, answers] }: ChildProcess) {
    if (!(calls instanceof Writable) || !(answers instanceof Readable)) {
      throw new TypeError('descriptors 3 and 4 of the browser are no pipes')
    }
    this.#calls = calls
    calls.on('error', () => undefined)
    answers.setEncoding('utf8').on('data', (text: string) => {
      this.#read(text)
    })
  }

  /** Calls a method; in the page of a session, or in the browser itself. */
  async call(method: string, params: object = {}, sessionId?: string): Promise<DevToolsAnswer> {
    const id = ++this.#lastId
    const answered = this.#message(`answer ${id}`)
    this.#calls.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    const { result, error } = await answered
    if (result === undefined) throw new Error(`${method}: ${error?.message ?? 'no result'}`)
    return result
  }

  /** Waits for the next event of a name. */
  async event(method: string): Promise<void> {
    await this.#message(method)
  }

  async #message(name: string): Promise<Message> {
    const signal = AbortSignal.timeout(patienceMs)
    const [message] = await once(this.#messages, name, { signal })
    return message as Message
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split('\0')
    this.#rest = messages.pop() ?? ''
    for (const json of messages) {
      const message = JSON.parse(json) as Message
      this.#messages.emit(message.method ?? `answer ${message.id}`, message)
    }
  }
}
