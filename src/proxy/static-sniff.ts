/** How many bytes of a file are looked at for its type. */
export const sniffedBytes = 512

/**
 * The content type that the beginning of a file speaks for: Go's `http.DetectContentType`, which is
 * the algorithm of https://mimesniff.spec.whatwg.org/.
 */
export function sniffContentType(beginning: Buffer): string {
  const characters = beginning.toString('latin1')
  if (markup.test(characters)) return 'text/html; charset=utf-8'
  if (/^[\t\n\f\r ]*<\?xml/u.test(characters)) return 'text/xml; charset=utf-8'
  if (isMp4(beginning)) return 'video/mp4'
  const found = signatures.find(([signature]) => beginsWith(beginning, signature))
  if (found !== undefined) return found[1]
  return beginning.some(isBinary) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
}

const markup =
  /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/iu

// Stands for any byte in a signature.
const anyByte = 0x3f

const signatures: readonly (readonly [signature: string, type: string])[] = [
  ['%PDF-', 'application/pdf'],
  ['%!PS-Adobe-', 'application/postscript'],
  ['\xFE\xFF??', 'text/plain; charset=utf-16be'],
  ['\xFF\xFE??', 'text/plain; charset=utf-16le'],
  ['\xEF\xBB\xBF?', 'text/plain; charset=utf-8'],
  ['\0\0\x01\0', 'image/x-icon'],
  ['\0\0\x02\0', 'image/x-icon'],
  ['BM', 'image/bmp'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF????WEBPVP', 'image/webp'],
  ['\x89PNG\r\n\x1A\n', 'image/png'],
  ['\xFF\xD8\xFF', 'image/jpeg'],
  ['FORM????AIFF', 'audio/aiff'],
  ['ID3', 'audio/mpeg'],
  ['OggS\0', 'application/ogg'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  ['RIFF????AVI ', 'video/avi'],
  ['RIFF????WAVE', 'audio/wave'],
  ['\x1A\x45\xDF\xA3', 'video/webm'],
  [`${'?'.repeat(34)}LP`, 'application/vnd.ms-fontobject'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO', 'font/otf'],
  ['ttcf', 'font/collection'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['\x1F\x8B\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['Rar!\x1A\x07\0', 'application/x-rar-compressed'],
  ['Rar!\x1A\x07\x01\0', 'application/x-rar-compressed'],
  ['\0asm', 'application/wasm'],
]

function beginsWith(beginning: Buffer, signature: string): boolean {
  if (beginning.length < signature.length) return false
  return Buffer.from(signature, 'latin1').every((byte, index) => {
    return byte === anyByte || byte === beginning[index]
  })
}

/** Whether it begins with a box of brands, and one of them is `mp4`; the second is a version. */
function isMp4(beginning: Buffer): boolean {
  const size = beginning.length < 12 ? 0 : beginning.readUInt32BE(0)
  if (size > beginning.length || size % 4 !== 0) return false
  return /^.{4}ftyp(?:.{8}(?:.{4})*)?mp4/su.test(beginning.toString('latin1', 0, size))
}

/** Control characters that no text has; line ends, tabs and escape sequences are not among them. */
function isBinary(byte: number): boolean {
  return byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1f && byte !== 0x1b)
}
