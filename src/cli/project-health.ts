import type { VolumeState } from '../doors/token.ts'
import type { Page } from '../proxy/page-server.ts'
import { nothingYet } from './project-news.ts'

/** Whether readers find files with tokens that are good, and why not. */
export function readiness({ writtenAt, tokens, failures }: VolumeState, now: number): Page {
  const ended = tokens.filter(({ expiresAt }) => expiresAt <= now)
  const why = [
    ...(writtenAt === undefined ? [nothingYet] : []),
    ...ended.map(
      ({ path, expiresAt }) => `${path} has ended: ${new Date(expiresAt).toISOString()}`,
    ),
  ]
  if (why.length === 0) return plain(200, 'ok')
  return plain(503, [...why, ...failures.map(({ message }) => message)].join('\n'))
}

/** Says that the process answers. */
export function liveness(): Page {
  return plain(200, 'ok')
}

function plain(statusCode: number, words: string): Page {
  return { statusCode, contentType: 'text/plain; charset=utf-8', body: `${words}\n` }
}
