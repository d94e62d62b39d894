import { expect, test } from 'vitest'

import { liveness, readiness } from '../../src/cli/project-health.ts'

const token = { path: 'token', audience: '', expiresAt: 2000, revoked: false }
const failure = {
  part: 'token',
  errorCode: 'ERR_TIMEOUT',
  message: 'no answer',
  hint: undefined,
  retryInMs: 1000,
  at: 0,
} as const
const good = { writtenAt: 1000, changedAt: 1000, tokens: [token], failures: [] }

test('files are ready once they are written and until a token ends or is worth nothing, whatever fails meanwhile', () => {
  expect(readiness({ ...good, failures: [failure] }, 1999).statusCode).toBe(200)
  expect(readiness({ ...good, failures: [failure] }, 2000)).toMatchObject({
    statusCode: 503,
    body: 'token has ended: 1970-01-01T00:00:02.000Z\nno answer\n',
  })
  expect(readiness({ ...good, writtenAt: undefined, tokens: [] }, 0)).toMatchObject({
    statusCode: 503,
    body: 'this run has written nothing yet, files from before stay as they are\n',
  })
  const revoked = [{ ...token, revoked: true }]
  expect(readiness({ ...good, tokens: revoked, failures: [failure] }, 1999)).toMatchObject({
    statusCode: 503,
    body: 'token is worth nothing: its ServiceAccount was deleted or made anew\nno answer\n',
  })
  expect(liveness()).toMatchObject({ statusCode: 200, body: 'ok\n' })
})
