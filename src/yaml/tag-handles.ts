import type { Scanner } from './scanner.ts'
import { problemAt, type Token } from './token.ts'

/** What the short forms of tags stand for in a document. */
export class TagHandles {
  readonly #prefixes = new Map<string, string>()

  /** Reads the directives that the document begins with. */
  constructor(scanner: Scanner) {
    let hasVersion = false
    for (;;) {
      const token = scanner.peek()
      if (token.type === 'version') {
        assertVersion(token, hasVersion)
        hasVersion = true
      } else if (token.type === 'tag-directive') {
        this.#add(token)
      } else {
        break
      }
      scanner.next()
    }
    if (!this.#prefixes.has('!')) this.#prefixes.set('!', '!')
    if (!this.#prefixes.has('!!')) this.#prefixes.set('!!', 'tag:yaml.org,2002:')
  }

  /** The tag in full. */
  resolve(token: Extract<Token, { type: 'tag' }>): string {
    if (token.handle === '') return token.suffix
    const prefix = this.#prefixes.get(token.handle)
    if (prefix === undefined) throw problemAt(token, 'found undefined tag handle')
    return prefix + token.suffix
  }

  #add(token: Extract<Token, { type: 'tag-directive' }>): void {
    if (this.#prefixes.has(token.handle)) throw problemAt(token, 'found duplicate %TAG directive')
    this.#prefixes.set(token.handle, token.prefix)
  }
}

function assertVersion(token: Extract<Token, { type: 'version' }>, again: boolean): void {
  if (again) throw problemAt(token, 'found duplicate %YAML directive')
  if (token.major === 1 && token.minor === 1) return
  throw problemAt(token, 'found incompatible YAML document')
}
