import { isIPv4, isIPv6 } from 'node:net'

/** A range of addresses, as CIDR writes it. */
export interface IpRange {
  readonly base: Uint8Array
  /** How many leading bits count. */
  readonly bits: number
}

/**
 * The bytes of an IP address, 4 or 16; an IPv4 address that is written as IPv6 has 4, as it has for
 * Go. Undefined for what is no address.
 */
export function readIp(text: string): Uint8Array | undefined {
  const bytes = bytesOf(text)
  return bytes !== undefined && isMapped(bytes) ? bytes.subarray(mapped.length) : bytes
}

/** Reads `ADDRESS/BITS`. Undefined for what is no range. */
export function readRange(text: string): IpRange | undefined {
  const [, address = '', digits = ''] = /^([^/]*)\/(\d+)$/u.exec(text) ?? []
  const base = bytesOf(address)
  const bits = Number(digits)
  if (base === undefined || bits > base.length * 8) return undefined
  const leading = mapped.length * 8
  // A range that is wider than that is one of IPv6, in which Go finds no IPv4 address.
  if (!isMapped(base) || bits < leading) return { base, bits }
  return { base: base.subarray(mapped.length), bits: bits - leading }
}

/** Whether an address lies in a range. */
export function isInRange(ip: Uint8Array, { base, bits }: IpRange): boolean {
  if (ip.length !== base.length) return false
  return ip.every((byte, index) => {
    const left = Math.min(Math.max(bits - index * 8, 0), 8)
    return (byte ^ (base[index] ?? 0)) >> (8 - left) === 0
  })
}

/** Whether an address is of the machine itself. */
export function isLoopback(ip: Uint8Array): boolean {
  if (ip.length === 4) return ip[0] === 127
  return ip.every((byte, index) => byte === (index === 15 ? 1 : 0))
}

const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && mapped.every((byte, index) => bytes[index] === byte)
}

function bytesOf(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::')
  const before = wordsOf(head)
  const after = wordsOf(tail ?? '')
  const gap = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return Uint8Array.from([...before, ...gap, ...after].flatMap((word) => [word >> 8, word & 255]))
}

/** The 16-bit words of a part of an IPv6 address, whose end may be written as IPv4. */
function wordsOf(part: string): readonly number[] {
  if (part === '') return []
  return part.split(':').flatMap((word) => {
    if (!word.includes('.')) return [Number.parseInt(word, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
