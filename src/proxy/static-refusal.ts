import type { ServerResponse } from 'node:http'

import { answerPlainly } from './plain-answer.ts'

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
  // Those were about the file.
  for (const name of ['Accept-Ranges', 'Last-Modified']) response.removeHeader(name)
  answerPlainly(response, statusCode, words)
}
