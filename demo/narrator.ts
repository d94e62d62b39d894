import { styleText } from 'node:util'

import { NotAsTold, type Outcome } from './scene.ts'

/** Where the story is written to. */
export type Page = NodeJS.WritableStream

const titleWidth = 21
const timeWidth = 8

/** Tells the story line by line; in colour where the page is a terminal that wants it. */
export class Narrator {
  readonly #page: Page
  #scenes = 0
  #midLine = false

  constructor(page: Page) {
    this.#page = page
  }

  /** A line of its own; an empty one by default. */
  say(line = ''): void {
    this.#page.write(`${line}\n`)
  }

  /** A line that stands back. */
  aside(line: string): void {
    this.say(this.#styled('dim', line))
  }

  /** Begins a scene's line, so that whoever waits sees for what. */
  begin(title: string): void {
    this.#scenes += 1
    const number = this.#styled('dim', String(this.#scenes).padStart(3))
    this.#page.write(`${number}  ${title.padEnd(titleWidth)}  `)
    this.#midLine = true
  }

  /** Completes the line. */
  end({ time, text, details = [] }: Outcome): void {
    this.#midLine = false
    this.say(`${this.#styled('cyan', time.padStart(timeWidth))}  ${text}`)
    const indent = ' '.repeat('  1  '.length)
    for (const detail of details) this.aside(indent + detail)
  }

  /** Ends a scene's line that nothing more will come of. */
  breakOff(): void {
    if (this.#midLine) this.say()
    this.#midLine = false
  }

  /** Says what went wrong. */
  fail(error: unknown): void {
    const label = this.#styled('red', error instanceof NotAsTold ? 'not as told:' : 'failed:')
    this.say(`${label} ${error instanceof Error ? error.message : String(error)}`)
  }

  #styled(style: 'dim' | 'cyan' | 'red', text: string): string {
    return styleText(style, text, { stream: this.#page })
  }
}
