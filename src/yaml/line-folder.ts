/** What blanks and line ends between two words of a scalar stand for: one line end is a space. */
export class LineFolder {
  #blanks = ''
  #firstBreak = ''
  #moreBreaks = ''
  #broken: boolean

  /** @param broken Whether a line end that stands for nothing came first. */
  constructor(broken = false) {
    this.#broken = broken
  }

  /** Whether a line end has come. */
  get broken(): boolean {
    return this.#broken
  }

  blank(character: string): void {
    if (!this.#broken) this.#blanks += character
  }

  break(lineEnd: string): void {
    if (this.#broken) {
      this.#moreBreaks += lineEnd
    } else {
      this.#firstBreak = lineEnd
      this.#broken = true
    }
  }

  text(): string {
    if (!this.#broken) return this.#blanks
    if (this.#firstBreak !== '\n') return this.#firstBreak + this.#moreBreaks
    return this.#moreBreaks === '' ? ' ' : this.#moreBreaks
  }
}
