import { flags, frame, frameTypes } from '../../src/http2/frames.ts'

/** Flags of a frame that a test sets by name. */
export interface FrameFlags {
  /** Nothing more comes on the stream. */
  readonly ends?: boolean
  /** The header list goes on in another frame. */
  readonly goesOn?: boolean
  /** Bytes of padding. */
  readonly padding?: number
  /** Says something of priorities, as no server does any more. */
  readonly priority?: boolean
}

/** SETTINGS: numbers and values in turn. */
export function settingsFrame(...settings: readonly number[]): Buffer {
  const payload = Buffer.alloc(settings.length * 3)
  for (let at = 0; at < settings.length; at += 2) {
    payload.writeUInt16BE(settings[at] ?? 0, at * 3)
    payload.writeUInt32BE(settings[at + 1] ?? 0, at * 3 + 2)
  }
  return frame(frameTypes.settings, 0, 0, payload)
}

/** HEADERS with these names and values in turn. */
export function headFrame(
  stream: number,
  fields: readonly string[],
  options: FrameFlags = {},
): Buffer {
  return blockFrame(stream, headerBlock(fields), options)
}

/** HEADERS with a header block, or what is to be taken for one. */
export function blockFrame(stream: number, block: Uint8Array, options: FrameFlags = {}): Buffer {
  const first = options.priority === true ? Buffer.from([0, 0, 0, 0, 16]) : Buffer.alloc(0)
  const { padded, flag } = padding(Buffer.concat([first, block]), options)
  const ending = options.goesOn === true ? 0 : flags.endHeaders
  const priority = options.priority === true ? flags.priority : 0
  return frame(frameTypes.headers, flag | ending | priority, stream, padded)
}

/** CONTINUATION. */
export function restFrame(stream: number, block: Uint8Array, options: FrameFlags = {}): Buffer {
  const flag = options.goesOn === true ? 0 : flags.endHeaders
  return frame(frameTypes.continuation, flag, stream, block)
}

/** DATA. */
export function dataFrame(
  stream: number,
  body: string | Uint8Array,
  options: FrameFlags = {},
): Buffer {
  const { padded, flag } = padding(Buffer.from(body), options)
  return frame(frameTypes.data, flag, stream, padded)
}

/** GOAWAY. */
export function goAwayAfter(lastStream: number, errorCode = 0): Buffer {
  const payload = Buffer.alloc(8)
  payload.writeUInt32BE(lastStream)
  payload.writeUInt32BE(errorCode, 4)
  return frame(frameTypes.goAway, 0, 0, payload)
}

/** A whole response. */
export function response(stream: number, body = 'hello'): Buffer {
  const head = headFrame(stream, [':status', '200', 'content-length', `${body.length}`])
  return Buffer.concat([head, dataFrame(stream, body, { ends: true })])
}

/** The names and values as literals that nobody remembers, so that each block stands for itself. */
export function headerBlock(fields: readonly string[]): Buffer {
  const parts: Buffer[] = []
  for (const [index, text] of fields.entries()) {
    if (index % 2 === 0) parts.push(Buffer.from([0]))
    parts.push(length(text.length), Buffer.from(text, 'latin1'))
  }
  return Buffer.concat(parts)
}

// https://www.rfc-editor.org/rfc/rfc7541#section-5.1
function length(value: number): Buffer {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let left = value - 127
  for (; left >= 128; left >>= 7) bytes.push((left & 127) | 128)
  return Buffer.from([...bytes, left])
}

function padding(payload: Buffer, options: FrameFlags): { padded: Buffer; flag: number } {
  const flag = options.ends === true ? flags.endStream : 0
  if (options.padding === undefined) return { padded: payload, flag }
  const padded = Buffer.concat([
    Buffer.from([options.padding]),
    payload,
    Buffer.alloc(options.padding),
  ])
  return { padded, flag: flag | flags.padded }
}
