import { KubecredError } from '../errors/kubecred-error.ts'

/**
 * A text as the value of an HTTP header, its UTF-8 bytes one character each, as Go sends it.
 *
 * @param name Name of the header, for the message; the value is not shown.
 * @throws {@link KubecredError} `ERR_CREDENTIAL_INVALID`, in Go's words, for a line break or another
 *   control character: it could end the header and begin another.
 */
export function headerValue(text: string, name: string): string {
  const value = Buffer.from(text, 'utf8').toString('latin1')
  // oxlint-disable-next-line no-control-regex -- these characters are what is looked for
  if (!/[\u0000-\u0008\u000A-\u001F\u007F]/u.test(value)) return value
  throw new KubecredError(
    'ERR_CREDENTIAL_INVALID',
    `net/http: invalid header field value for ${JSON.stringify(name)}`,
    { hint: 'it holds a line break or another control character; print the token without one' },
  )
}
