import type { Dispatcher } from 'undici'

import { getFields } from './get-fields.ts'

/**
 * A GET request without a body, as it is written.
 *
 * @param host What it names as its host, when the headers name none.
 * @throws `InvalidArgumentError` of undici, as {@link getFields}.
 */
export function headText(
  host: string,
  request: Pick<Dispatcher.DispatchOptions, 'path' | 'headers'>,
): string {
  const { host: named = host, fields } = getFields(request)
  let text = `GET ${request.path} HTTP/1.1\r\nhost: ${named}\r\nconnection: keep-alive\r\n`
  for (let index = 0; index < fields.length; index += 2) {
    text += `${fields[index]}: ${fields[index + 1]}\r\n`
  }
  return `${text}\r\n`
}
