import type { IncomingHttpHeaders } from 'node:http'

import type { Rejection } from '../credential/provider.ts'

/** What a source is told of a 401. */
export function rejectionOf(headers: IncomingHttpHeaders): Rejection {
  const defined: Record<string, string | readonly string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) defined[name] = value
  }
  return { statusCode: 401, headers: defined }
}
