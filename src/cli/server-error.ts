import { printable } from '../api/printable.ts'
import { statusOf, type RefusingResponse, type ServerStatus } from '../api/server-status.ts'

/** What kubectl prints on stderr for a response that says no. */
export function serverErrorText(response: RefusingResponse): string {
  return printable(textOf(statusOf(response)))
}

function textOf(status: ServerStatus): string {
  const { reason, message } = status
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  if (reason === 'Invalid') return invalidText(status)
  return reason === ''
    ? `Error from server: ${message}`
    : `Error from server (${reason}): ${message}`
}

function invalidText({ message, subject, causes }: ServerStatus): string {
  const what = `The ${subject === '' ? 'request' : subject} is invalid`
  const whys = [...new Set(causes.map(causeText))]
  if (whys.length === 0) return subject === '' && message !== '' ? `${what}: ${message}` : what
  return whys.length === 1 ? `${what}: ${whys.join('')}` : `${what}: \n* ${whys.join('\n* ')}`
}

function causeText({ field, message }: ServerStatus['causes'][number]): string {
  return field === '' ? message : `${field}: ${message}`
}
