/**
 * Every secret in the tests (token, password, key, plugin reply) contains this marker, so that one
 * search through all that the suite prints proves that no secret gets out.
 */
export const plantedSecret = 'KUBECRED-PLANTED-SECRET'

/** Watches a stream of text for the marker, as it is and in base64. */
export class SecretWatch {
  found = false
  // What may be the beginning of a marker that the next chunk completes.
  #tail = ''

  see(chunk: string): void {
    const text = this.#tail + chunk
    this.found ||= spellings.some((spelling) => text.includes(spelling))
    this.#tail = text.slice(-longestSpelling)
  }
}

const spellings = [plantedSecret, ...base64Spellings(plantedSecret)]
const longestSpelling = Math.max(...spellings.map((spelling) => spelling.length))

/** What base64 makes of a text that stands inside a longer one, for each of its three alignments. */
function base64Spellings(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('x'.repeat(before) + text).toString('base64')
    // The characters at both ends depend on what stands beside the text.
    return encoded.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -2)
  })
}
