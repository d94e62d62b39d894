import { errors, type Dispatcher } from 'undici'

import { fieldName, notInValue } from './field-line.ts'

/**
 * A GET request without a body, as it is written.
 *
 * @param host What it names as its host, when the headers name none.
 * @param headers Names and values in turn.
 * @throws `InvalidArgumentError` of undici for what is no path or header, and for headers that would
 *   say where the request ends or what becomes of the connection: those are not the caller's.
 */
export function headText(
  host: string,
  { path, headers }: Pick<Dispatcher.DispatchOptions, 'path' | 'headers'>,
): string {
  if (!wholePath.test(path)) throw new errors.InvalidArgumentError('invalid request path')
  let named = host
  let fields = ''
  // An exchange gives them so.
  const flat = (headers ?? []) as readonly string[]
  for (let index = 0; index < flat.length; index += 2) {
    const [name = '', value = ''] = [flat[index], flat[index + 1]]
    if (!fieldName.test(name)) throw new errors.InvalidArgumentError('invalid header name')
    if (notInValue.test(value)) throw new errors.InvalidArgumentError(`invalid ${name} header`)
    if (!framing.test(name)) fields += `${name}: ${value}\r\n`
    else if (name.toLowerCase() === 'host') named = value
    else if (value !== '0' || name.toLowerCase() !== 'content-length') {
      throw new errors.InvalidArgumentError(`invalid ${name} header`)
    }
  }
  return `GET ${path} HTTP/1.1\r\nhost: ${named}\r\nconnection: keep-alive\r\n${fields}\r\n`
}

const wholePath = /^\/[\u0021-\u00ff]*$/u
const framing =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer)$/iu
