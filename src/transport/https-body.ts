import { isStreamBody, type StreamBody } from './replay-body.ts'

/** A request body as the `node:https` stack takes it. */
export type HttpsBody = string | Uint8Array | ArrayBuffer | StreamBody | null | undefined

/** A body, told apart by whether it can be sent as often as one likes. */
export type SortedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly value: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: StreamBody }

/** @throws TypeError for what is none of the kinds of body. */
export function sortBody(body: HttpsBody): SortedBody {
  if (body === null || body === undefined) return { kind: 'none' }
  if (typeof body === 'string') return { kind: 'value', value: Buffer.from(body, 'utf8') }
  if (body instanceof Uint8Array) return { kind: 'value', value: body }
  if (body instanceof ArrayBuffer) return { kind: 'value', value: new Uint8Array(body) }
  if (isStreamBody(body)) return { kind: 'stream', stream: body }
  throw new TypeError('"body" must be a string, bytes, or an iterable of them')
}

/**
 * The headers that say where a body ends, names and values in turn. Node leaves them out for a
 * DELETE or a GET, so that its body would be taken for the next request.
 *
 * @param names Names of the headers that the request has already.
 */
export function framing(method: string, body: SortedBody, names: readonly string[]): string[] {
  const given = names.some((name) => /^(?:content-length|transfer-encoding)$/iu.test(name))
  if (given) return []
  switch (body.kind) {
    case 'stream':
      return ['transfer-encoding', 'chunked']
    case 'value':
      return ['content-length', String(body.value.byteLength)]
    default:
      return /^(?:POST|PUT|PATCH)$/u.test(method) ? ['content-length', '0'] : []
  }
}
