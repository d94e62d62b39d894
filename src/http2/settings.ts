import { errorCodes, frame, frameTypes, largestPayload, preface, windowFrame } from './frames.ts'
import { Http2Error, protocolError } from './http2-error.ts'
import { firstWindow } from './receive-windows.ts'

/** What of a server's SETTINGS means something to a client that sends no bodies. */
export interface ServerSettings {
  /** Most streams at a time. */
  readonly mostStreams?: number
  /** The sizes that it has asked for, one after the other, of the table that heads are written with. */
  readonly tableSizes: readonly number[]
}

/** @throws {@link Http2Error} for settings that no server may send (RFC 9113, 6.5). */
export function readSettings(payload: Buffer): ServerSettings {
  if (payload.length % 6 !== 0) throw new Http2Error(errorCodes.frameSizeError, 'half a setting')
  let mostStreams: number | undefined
  const tableSizes: number[] = []
  for (let at = 0; at < payload.length; at += 6) {
    const value = payload.readUInt32BE(at + 2)
    switch (payload.readUInt16BE(at)) {
      case settings.headerTableSize:
        tableSizes.push(value)
        break
      case settings.enablePush:
        if (value !== 0) throw protocolError('a server that asks for pushes')
        break
      case settings.maxConcurrentStreams:
        mostStreams = value
        break
      case settings.initialWindowSize:
        if (value > largestWindow) {
          throw new Http2Error(errorCodes.flowControlError, `a window of ${value} bytes`)
        }
        break
      case settings.maxFrameSize:
        if (value < largestPayload || value >= 2 ** 24)
          throw protocolError(`frames of ${value} bytes`)
        break
      // One that is not known means nothing.
      default:
    }
  }
  return { tableSizes, ...(mostStreams !== undefined && { mostStreams }) }
}

/**
 * What a client begins with that wants no pushes.
 *
 * @param largestHead Most bytes of a header list.
 * @param window How much more it takes than the protocol says, on all streams together, bytes.
 */
export function greeting(largestHead: number, window: number): Buffer {
  const said = frame(frameTypes.settings, 0, 0, clientSettings(largestHead))
  return Buffer.concat([preface, said, windowFrame(0, window)])
}

function clientSettings(largestHead: number): Buffer {
  const payload = Buffer.alloc(18)
  const values = [
    [settings.enablePush, 0],
    [settings.initialWindowSize, firstWindow],
    [settings.maxHeaderListSize, largestHead],
  ] as const
  for (const [index, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, index * 6)
    payload.writeUInt32BE(value, index * 6 + 2)
  }
  return payload
}

const largestWindow = 2 ** 31 - 1

const settings = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const
