import type { ServerResponse } from 'node:http'

/** Answers with a line of text, in the form in which Go's servers do it. */
export function answerPlainly(response: ServerResponse, statusCode: number, words: string): void {
  const body = `${words}\n`
  response
    .writeHead(statusCode, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': body.length,
    })
    .end(body)
}
