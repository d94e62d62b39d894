import type { ServerResponse } from 'node:http'

const defaultWords = {
  403: '403 Forbidden',
  404: '404 page not found',
  416: 'invalid range: failed to overlap',
  500: '500 Internal Server Error',
} as const

/** Answers with a line of text instead of a file, in the words of Go's `http.FileServer`. */
export function refuse(
  response: ServerResponse,
  statusCode: keyof typeof defaultWords,
  words: string = defaultWords[statusCode],
): void {
  const body = `${words}\n`
  // Those were about the file.
  for (const name of ['Accept-Ranges', 'Last-Modified']) response.removeHeader(name)
  response
    .writeHead(statusCode, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': body.length,
    })
    .end(body)
}
