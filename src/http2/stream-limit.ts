// What Go's client assumes.
const atFirst = 100
// More do not make the work go faster, and all of them are lost with the connection.
const most = 256

/** How many streams a server takes at a time on a connection. */
export class StreamLimit {
  #limit: number
  #isSaid = false

  /** @param assumed What holds until the server says how many; undefined for 100. */
  constructor(assumed: number | undefined) {
    this.#limit = assumed ?? atFirst
  }

  get limit(): number {
    return this.#limit
  }

  /** The server has sent SETTINGS; undefined when they leave it as it is. */
  say(limit: number | undefined): void {
    if (limit !== undefined) this.#limit = Math.min(limit, most)
    // What was true of another connection need not be of this one.
    else if (!this.#isSaid) this.#limit = atFirst
    this.#isSaid = true
  }
}
