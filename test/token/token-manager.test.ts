import { expect, test } from 'vitest'

import { settled } from './fake-token-server.ts'
import { boundTo, build, managerStage, numberOf } from './manager-stage.ts'

test('any number of callers share one request', async () => {
  const { server, manager } = managerStage()
  server.answersAtOnce = false
  const asked = Array.from({ length: 1000 }, () => manager.getServiceAccountToken(build))
  await settled()
  expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/v1/namespaces/ci/serviceaccounts/build/token',
  ])
  await server.call(0).answer()
  expect(new Set((await Promise.all(asked)).map(numberOf))).toEqual(new Set([1]))
})

test('a token that is due serves its callers while it is renewed', async () => {
  const { server, manager } = managerStage()
  await manager.getServiceAccountToken(build)
  server.clock.advance(3_600_000 * 0.8)
  server.answersAtOnce = false
  const asked = Array.from({ length: 1000 }, () => manager.getServiceAccountToken(build))
  expect(new Set((await Promise.all(asked)).map(numberOf))).toEqual(new Set([1]))
  await settled()
  expect(server.calls).toHaveLength(2)
  await server.call(1).answer()
  expect(numberOf(await manager.getServiceAccountToken(build))).toBe(2)
})

test('a recreated account takes all its old tokens with it', async () => {
  const { server, manager } = managerStage()
  const other = { ...build, audiences: ['vault'] }
  await manager.getServiceAccountToken(build)
  await manager.getServiceAccountToken(other)
  server.uids.set('ci/build', 'uid-2')
  await manager.getServiceAccountToken({ ...build, audiences: ['new'] })
  const tokens = [
    await manager.getServiceAccountToken(build),
    await manager.getServiceAccountToken(other),
  ]
  expect(tokens.map(numberOf)).toEqual([4, 5])
  expect(tokens.map(({ serviceAccountUid }) => serviceAccountUid)).toEqual(['uid-2', 'uid-2'])
})

test('an object that has gone takes its tokens with it', async () => {
  const { manager } = managerStage()
  await manager.getServiceAccountToken(boundTo('a'))
  await manager.getServiceAccountToken(boundTo('b'))
  await manager.getServiceAccountToken(build)
  expect([manager.deleteServiceAccountToken('a'), manager.size]).toEqual([1, 2])
  expect(manager.deleteServiceAccountToken('a')).toBe(0)
})

test('a token that has ended leaves the cache within a minute', async () => {
  const { server, manager } = managerStage()
  await manager.getServiceAccountToken(build)
  server.clock.advance(3_600_000 + 1)
  server.clock.advance(60_000)
  expect([manager.size, server.clock.heldTimers]).toEqual([0, 0])
})

test.each([
  { state: 'cold', first: { ...build, expirationSeconds: 0 }, second: build },
  { state: 'warm', first: build, second: { ...build, expirationSeconds: 0 } },
])('a lifetime of 0 is one that is not given, in a $state cache', async ({ first, second }) => {
  const { server, manager } = managerStage()
  expect(numberOf(await manager.getServiceAccountToken(first))).toBe(1)
  expect(numberOf(await manager.getServiceAccountToken(second))).toBe(1)
  const own = { ...build, expirationSeconds: 0 }
  expect(numberOf(await manager.getServiceAccountToken(own, { bypassCache: true }))).toBe(2)
  expect(server.calls.map(({ body }) => body?.includes('expirationSeconds'))).toEqual([
    false,
    false,
  ])
})
