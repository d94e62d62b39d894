/**
 * The text of some bytes in UTF-8. Each byte that belongs to no character becomes U+FFFD by itself,
 * as in Go; a `TextDecoder` makes one of several.
 */
export function lossyText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return repaired(bytes)
  }
}

function repaired(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length;) {
    const width = widthOf(bytes.subarray(at, at + 4))
    parts.push(width === 0 ? '\uFFFD' : Buffer.from(bytes.subarray(at, at + width)).toString())
    at += Math.max(width, 1)
  }
  return parts.join('')
}

/** Length of the character at the beginning, 0 when there is none. */
function widthOf(bytes: Uint8Array): number {
  for (let width = 1; width <= bytes.length; width++) {
    const text = Buffer.from(bytes.subarray(0, width)).toString()
    if (!text.includes('\uFFFD') || isReplacement(bytes.subarray(0, width))) return width
  }
  return 0
}

function isReplacement(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).equals(Buffer.from('\uFFFD'))
}
