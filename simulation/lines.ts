/** For each node, the requests that wait until the server is well again, and those that are on their way. */
export class Lines {
  readonly #maxInFlight: number
  readonly #latencyMs: number
  readonly #first: Int32Array
  readonly #last: Int32Array
  readonly #next: Int32Array
  readonly #entered: Float64Array
  readonly #free: Float64Array
  readonly #turns: Int32Array

  constructor(nodes: number, tokens: number, maxInFlight: number, latencyMs: number) {
    this.#maxInFlight = maxInFlight
    this.#latencyMs = latencyMs
    this.#first = new Int32Array(nodes).fill(-1)
    this.#last = new Int32Array(nodes).fill(-1)
    this.#next = new Int32Array(tokens).fill(-1)
    this.#entered = new Float64Array(tokens)
    this.#free = new Float64Array(nodes * maxInFlight)
    this.#turns = new Int32Array(nodes)
  }

  /** When the next request of a node can go: with so many in flight, when the oldest is answered. */
  ready(node: number, atMs: number): number {
    return Math.max(atMs, this.#free[this.#turn(node)] ?? 0)
  }

  /** Sends a request, and says when it goes. */
  turn(node: number, atMs: number): number {
    const goesMs = this.ready(node, atMs)
    this.#free[this.#turn(node)] = goesMs + this.#latencyMs
    this.#turns[node] = ((this.#turns[node] ?? 0) + 1) % this.#maxInFlight
    return goesMs
  }

  /** Puts a token at the end of its node's line. */
  join(node: number, token: number, atMs: number): void {
    const last = this.#last[node] ?? -1
    if (last === -1) this.#first[node] = token
    else this.#next[last] = token
    this.#last[node] = token
    this.#next[token] = -1
    this.#entered[token] = atMs
  }

  /** Takes the one that has waited longest; -1 when nobody waits. */
  take(node: number): number {
    const token = this.#first[node] ?? -1
    if (token === -1) return -1
    const next = this.#next[token] ?? -1
    this.#first[node] = next
    if (next === -1) this.#last[node] = -1
    return token
  }

  /** When a token joined its line. */
  enteredAt(token: number): number {
    return this.#entered[token] ?? 0
  }

  /** Empties all lines. */
  clear(): void {
    this.#first.fill(-1)
    this.#last.fill(-1)
    this.#free.fill(0)
  }

  #turn(node: number): number {
    return node * this.#maxInFlight + (this.#turns[node] ?? 0)
  }
}
