import { errors, type Dispatcher } from 'undici'

import { fieldName, notInValue } from './field-line.ts'

/** The headers of a GET request without a body, all of which may go out. */
export interface GetFields {
  /** What it names as its host; undefined when it names none. */
  readonly host: string | undefined
  /** Names and values in turn, without the host's. */
  readonly fields: readonly string[]
}

/**
 * The headers of a request, looked at.
 *
 * @throws `InvalidArgumentError` of undici for what is no path or header, and for headers that would
 *   say where the request ends or what becomes of the connection: those are not the caller's.
 */
export function getFields({
  path,
  headers,
}: Pick<Dispatcher.DispatchOptions, 'path' | 'headers'>): GetFields {
  if (!wholePath.test(path)) throw new errors.InvalidArgumentError('invalid request path')
  let host: string | undefined
  const fields: string[] = []
  // An exchange gives them so.
  const flat = (headers ?? []) as readonly string[]
  for (let index = 0; index < flat.length; index += 2) {
    const [name = '', value = ''] = [flat[index], flat[index + 1]]
    if (!fieldName.test(name)) throw new errors.InvalidArgumentError('invalid header name')
    if (notInValue.test(value)) throw new errors.InvalidArgumentError(`invalid ${name} header`)
    if (!framing.test(name)) fields.push(name, value)
    else if (name.toLowerCase() === 'host') host = value
    else if (value !== '0' || name.toLowerCase() !== 'content-length') {
      throw new errors.InvalidArgumentError(`invalid ${name} header`)
    }
  }
  return { host, fields }
}

const wholePath = /^\/[\u0021-\u00ff]*$/u
const framing =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|proxy-connection|upgrade|expect|te|trailer)$/iu
