/**
 * The text of a kubeconfig: UTF-8, or UTF-16 with a byte order mark as some Windows shells write
 * it when output goes to a file.
 *
 * @returns undefined when the bytes are not text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return 'utf-8'
}
