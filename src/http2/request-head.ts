import type { Dispatcher } from 'undici'

import { getFields } from '../http1/get-fields.ts'

/**
 * The header list of a GET request without a body, names and values in turn.
 *
 * @param host What it names as its host, when the headers name none.
 * @throws `InvalidArgumentError` of undici, as {@link getFields}.
 */
export function requestHead(
  host: string,
  request: Pick<Dispatcher.DispatchOptions, 'path' | 'headers'>,
): string[] {
  const { host: named = host, fields } = getFields(request)
  const head = [':method', 'GET', ':scheme', 'https', ':authority', named, ':path', request.path]
  for (let index = 0; index < fields.length; index += 2) {
    head.push(fields[index]?.toLowerCase() ?? '', fields[index + 1] ?? '')
  }
  return head
}
