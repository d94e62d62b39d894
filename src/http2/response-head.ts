import { fieldName, notInValue } from '../http1/field-line.ts'
import { protocolError } from './http2-error.ts'

/** What a header list says that begins a response. */
export interface ResponseHead {
  readonly statusCode: number
  /** Names and values in turn; bytes beyond ASCII as Latin-1. */
  readonly headers: string[]
  /** Bytes of the body that it announces; undefined where it does not. */
  readonly length: number | undefined
}

/** @throws {@link Http2Error} for a list that no response may have (RFC 9113, 8.2 and 8.3.2). */
export function readResponseHead(list: readonly string[]): ResponseHead {
  const [name, status = ''] = list
  if (name !== ':status' || !/^[1-5]\d\d$/u.test(status)) throw protocolError('it has no status')
  if (status === '101') throw protocolError('another protocol, for which nobody asked')
  const headers = list.slice(2)
  return { statusCode: Number(status), headers, length: checkFields(headers) }
}

/** @throws {@link Http2Error} for what may not stand after a body. */
export function readTrailers(list: string[]): string[] {
  checkFields(list)
  return list
}

/** @returns What `content-length` says, which must be one thing. */
function checkFields(fields: readonly string[]): number | undefined {
  let length: number | undefined
  for (let index = 0; index < fields.length; index += 2) {
    const [name = '', value = ''] = [fields[index], fields[index + 1]]
    if (!fieldName.test(name) || /[A-Z]/u.test(name)) throw protocolError('a name that is none')
    if (notInValue.test(value) || spaceAtEnd.test(value)) {
      throw protocolError(`a value of ${name} that is none`)
    }
    if (ofConnections.test(name)) throw protocolError(`${name}, which HTTP/2 does not have`)
    if (name === 'content-length') {
      if (!/^\d{1,15}$/u.test(value) || (length ?? Number(value)) !== Number(value)) {
        throw protocolError('a content-length that is none')
      }
      length = Number(value)
    }
  }
  return length
}

const spaceAtEnd = /^[ \t]|[ \t]$/u
const ofConnections = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$/u
