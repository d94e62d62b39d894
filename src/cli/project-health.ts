import type { VolumeState, WrittenToken } from '../doors/token.ts'
import type { Page } from '../proxy/page-server.ts'
import { nothingYet } from './project-news.ts'

/** Whether readers find files with tokens that are good, and why not. */
export function readiness({ writtenAt, tokens, failures }: VolumeState, now: number): Page {
  const why = [
    ...(writtenAt === undefined ? [nothingYet] : []),
    ...tokens.flatMap((token) => faultOf(token, now) ?? []),
  ]
  if (why.length === 0) return plain(200, 'ok')
  return plain(503, [...why, ...failures.map(({ message }) => message)].join('\n'))
}

function faultOf({ path, expiresAt, revoked }: WrittenToken, now: number): string | undefined {
  if (expiresAt <= now) return `${path} has ended: ${new Date(expiresAt).toISOString()}`
  return revoked
    ? `${path} is worth nothing: its ServiceAccount was deleted or made anew`
    : undefined
}

/** Says that the process answers. */
export function liveness(): Page {
  return plain(200, 'ok')
}

function plain(statusCode: number, words: string): Page {
  return { statusCode, contentType: 'text/plain; charset=utf-8', body: `${words}\n` }
}
