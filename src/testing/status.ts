import type { JsonObject } from '../api/json.ts'

/** A whole answer of the API server. */
export interface Reply {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, text as plain text. */
  readonly body: JsonObject | string | Uint8Array
}

/** What a Status tells apart from its code. */
export interface StatusFacts {
  readonly reason: string
  readonly message: string
  readonly details?: JsonObject
}

/** A failure as the API server words it: an object of kind Status. */
export function failure(statusCode: number, { reason, message, details }: StatusFacts): Reply {
  return {
    statusCode,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code: statusCode,
    },
  }
}

/** 401: who is it? */
export function unauthorized(): Reply {
  return failure(401, { reason: 'Unauthorized', message: 'Unauthorized' })
}

/** 404 for an object. */
export function notFound(kind: string, name: string): Reply {
  const message = `${kind} "${name}" not found`
  return failure(404, { reason: 'NotFound', message, details: { name, kind } })
}

/** 404 for a path that leads nowhere; the API server has plain text for it. */
export function noSuchPath(): Reply {
  return { statusCode: 404, body: '404 page not found\n' }
}

/** 405. */
export function methodNotAllowed(): Reply {
  const message = 'the server does not allow this method on the requested resource'
  return failure(405, { reason: 'MethodNotAllowed', message, details: {} })
}

/** 409 for an object that is there already. */
export function alreadyExists(kind: string, name: string): Reply {
  const message = `${kind} "${name}" already exists`
  return failure(409, { reason: 'AlreadyExists', message, details: { name, kind } })
}

/** 409 for a change to an object that is no longer what the client has seen. */
export function conflict(kind: string, name: string): Reply {
  const message =
    `Operation cannot be fulfilled on ${kind} "${name}": the object has been modified; ` +
    'please apply your changes to the latest version and try again'
  return failure(409, { reason: 'Conflict', message, details: { name, kind } })
}

/** 400 for a body that cannot be read, or not as what it should be. */
export function badRequest(message: string): Reply {
  return failure(400, { reason: 'BadRequest', message })
}

/** 413; the API server's limit is 3 MiB. */
export function bodyTooLarge(limit: number): Reply {
  const message = `Request entity too large: limit is ${limit}`
  return failure(413, { reason: 'RequestEntityTooLarge', message, details: {} })
}

/** 415. */
export function unsupportedMediaType(accepted: string): Reply {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`
  return failure(415, { reason: 'UnsupportedMediaType', message, details: {} })
}

/** 422 for an object that lacks its name. */
export function nameRequired(kind: string): Reply {
  const field = 'metadata.name'
  const cause = 'Required value: name or generateName is required'
  return failure(422, {
    reason: 'Invalid',
    message: `${kind} "" is invalid: ${field}: ${cause}`,
    details: { kind, causes: [{ reason: 'FieldValueRequired', message: cause, field }] },
  })
}
