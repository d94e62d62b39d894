/** What a DER value is made of: its bytes, tag and length included. */
export type Der = Uint8Array

/** A SEQUENCE of the values given. */
export function sequence(...items: readonly Der[]): Der {
  return tagged(0x30, ...items)
}

/** A SET of the values given; the caller keeps the order that DER asks for. */
export function set(...items: readonly Der[]): Der {
  return tagged(0x31, ...items)
}

/** A context-specific tag: `constructed` around whole values, primitive around bare content. */
export function context(tag: number, constructed: boolean, ...content: readonly Uint8Array[]): Der {
  return tagged((constructed ? 0xa0 : 0x80) | tag, ...content)
}

/** A BOOLEAN. */
export function boolean(value: boolean): Der {
  return tagged(0x01, Uint8Array.of(value ? 0xff : 0))
}

/** A non-negative INTEGER, from its bytes with the highest first. */
export function integer(magnitude: Uint8Array): Der {
  const start = magnitude.findIndex((byte) => byte !== 0)
  const bytes = start === -1 ? Uint8Array.of(0) : magnitude.subarray(start)
  // A first byte with the top bit set would read as a negative number.
  const sign = (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array()
  return tagged(0x02, sign, bytes)
}

/** NULL. */
export function nothing(): Der {
  return tagged(0x05)
}

/** An OBJECT IDENTIFIER, from its dotted form. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

/** A UTF8String. */
export function utf8String(text: string): Der {
  return tagged(0x0c, Buffer.from(text, 'utf8'))
}

/** An OCTET STRING. */
export function octetString(bytes: Uint8Array): Der {
  return tagged(0x04, bytes)
}

/** A BIT STRING of whole bytes. */
export function bitString(bytes: Uint8Array): Der {
  return tagged(0x03, Uint8Array.of(0), bytes)
}

/** A BIT STRING of flags, bit 0 first, without the zeros at its end, as DER wants named bits. */
export function bitFlags(bits: readonly number[]): Der {
  const length = Math.max(-1, ...bits) + 1
  const bytes = new Uint8Array(Math.ceil(length / 8))
  for (const bit of bits) {
    const at = bit >> 3
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit & 7))
  }
  return tagged(0x03, Uint8Array.of(bytes.length * 8 - length), bytes)
}

/** A moment: UTCTime for the years 1950 to 2049, else GeneralizedTime (RFC 5280, 4.1.2.5). */
export function time(moment: Date): Der {
  const year = moment.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new TypeError('"moment" must lie in the years 0 to 9999')
  const digits = moment.toISOString().replaceAll(/\.\d+Z$|\D/gu, '')
  const short = year >= 1950 && year <= 2049
  return tagged(short ? 0x17 : 0x18, Buffer.from(`${short ? digits.slice(2) : digits}Z`, 'latin1'))
}

function tagged(tag: number, ...content: readonly Uint8Array[]): Der {
  const length = content.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Uint8Array.of(tag), lengthOf(length), ...content])
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}
