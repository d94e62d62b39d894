import { describe, expect, test } from 'vitest'

import type { ServiceAccountTokenRequest } from '../../src/doors/token.ts'
import { isSameRequest } from '../../src/token/token-key.ts'
import { latestRenewal } from '../../src/token/token-schedule.ts'
import { settled } from '../token/fake-token-server.ts'
import { hour, managerStage, minute, numberOf } from '../token/manager-stage.ts'

// What the kubelet's tests of its token manager assert. Where it renews under its callers' eyes, here they
// get the old token at once, and the renewal runs behind them.

const request: ServiceAccountTokenRequest = {
  namespace: 'a',
  name: 'b',
  audiences: ['foo1', 'foo2'],
  expirationSeconds: 2000,
  boundObject: { kind: 'pod', name: 'foo-pod', uid: 'foo-uid' },
}

describe('a token is got once for two who ask, and', () => {
  async function asked(grants: number): Promise<ReturnType<typeof managerStage>> {
    const stage = managerStage()
    stage.server.grants = grants
    await stage.manager.getServiceAccountToken(request)
    await stage.manager.getServiceAccountToken(request)
    expect(stage.server.calls).toHaveLength(1)
    return stage
  }

  test.each([
    ['of an hour after 50 minutes', 3600, 50 * minute],
    ['of 40 hours after 25 hours', 40 * 3600, 25 * hour],
  ])('is renewed: one %s', async (_, grants, after) => {
    const { server, manager } = await asked(grants)
    server.clock.advance(after)
    await manager.getServiceAccountToken(request)
    await settled()
    expect(server.calls).toHaveLength(2)
  })

  test('serves while it is valid, though it cannot be renewed', async () => {
    const { server, manager } = await asked(3600)
    server.clock.advance(50 * minute)
    server.refuses = { statusCode: 500, body: '' }
    expect(numberOf(await manager.getServiceAccountToken(request))).toBe(1)
    await settled()
    expect(server.calls).toHaveLength(2)
  })

  test('another one for each account that is asked for by its UID', async () => {
    const { server, manager } = await asked(3600)
    for (const [index, uid] of ['service-account-uid-1', 'service-account-uid-2'].entries()) {
      server.uids.set('a/b', uid)
      const wanted = { ...request, expirationSeconds: 3600, serviceAccountUid: uid }
      await manager.getServiceAccountToken(wanted)
      expect(server.calls).toHaveLength(index + 2)
    }
  })

  test('the same for one account that is asked for twice by its UID', async () => {
    const { server, manager } = await asked(3600)
    const uid = 'consistent-service-account-uid'
    server.uids.set('a/b', uid)
    const wanted = { ...request, expirationSeconds: 3600, serviceAccountUid: uid }
    await manager.getServiceAccountToken(wanted)
    await manager.getServiceAccountToken(wanted)
    expect(server.calls).toHaveLength(2)
  })
})

describe('a token is due', () => {
  test.each([
    ['not', 10 * minute, 3600],
    ['', 50 * minute, 3600],
    ['', 25 * hour, 60 * 3600],
    ['', 70 * minute, 3600],
    ['not', 0, 3600],
  ])('%s after %i ms, when it lives for %i s', (isDue, now, expirationSeconds) => {
    const granted = { expiresAt: expirationSeconds * 1000, expirationSeconds }
    expect(now > latestRenewal(granted)).toBe(isDue === '')
  })
})

describe('tokens of a pod are forgotten', () => {
  const numbered = (number: number): ServiceAccountTokenRequest => ({
    namespace: `fake-namespace-${number}`,
    name: `fake-name-${number}`,
    boundObject: { name: `fake-name-${number}`, uid: `fake-uid-${number}` },
  })

  test.each<readonly [string, readonly string[], readonly string[], readonly number[]]>([
    ['none', ['1', '2', '3'], [], [1, 2, 3]],
    ['one', ['1', '2', '3'], ['fake-uid-1'], [2, 3]],
    ['two', ['1', '2', '3'], ['fake-uid-1', 'fake-uid-3'], [2]],
    ['all', ['1', '2', '3'], ['fake-uid-1', 'fake-uid-2', 'fake-uid-3'], []],
    ['none, when one could not be had', ['1', '2', '3', '4 fails'], [], [1, 2, 3]],
    ['another, when one could not be had', ['1', '2', '3', '4 fails'], ['fake-uid-2'], [1, 3]],
    ['none, when one was had at last', ['1', '2', '3', '4 fails', '4'], [], [1, 2, 3, 4]],
    ['the one that was had at last', ['1', '2', '3', '4 fails', '4'], ['fake-uid-4'], [1, 2, 3]],
    ['another than that', ['1', '2', '3', '4 fails', '4'], ['fake-uid-1'], [2, 3, 4]],
    ['none, for a pod that has none', ['1', '2', '3'], ['fake-uid-100', 'fake-uid-200'], [1, 2, 3]],
  ])('%s', async (_, asked, removed, left) => {
    const { server, manager } = managerStage()
    const outcomes: string[] = []
    for (const text of asked) {
      const number = Number.parseInt(text, 10)
      server.refuses = text.endsWith('fails') ? { statusCode: 500, body: '' } : undefined
      await manager.getServiceAccountToken(numbered(number)).then(
        () => outcomes.push(`${number}`),
        () => outcomes.push(`${number} fails`),
      )
      server.clock.advance(10_000)
    }
    expect(outcomes).toEqual(asked)
    for (const uid of removed) manager.deleteServiceAccountToken(uid)
    const before = server.calls.length
    server.refuses = { statusCode: 500, body: '' }
    const found: number[] = []
    for (const number of [1, 2, 3, 4]) {
      await manager.getServiceAccountToken(numbered(number)).then(
        () => found.push(number),
        () => undefined,
      )
    }
    expect(found).toEqual(left)
    expect(server.calls.length - before).toBe(4 - left.length)
  })
})

describe('the cache is cleaned', () => {
  test.each([
    ['of what ended an hour ago', 2 * hour, 0],
    ['but of nothing that ends in an hour', 0, 1],
  ])('%s', async (_, after, left) => {
    const { server, manager } = managerStage()
    await manager.getServiceAccountToken(request)
    server.clock.advance(after)
    server.clock.advance(minute)
    expect(manager.size).toBe(left)
  })
})

describe('a token in the cache', () => {
  const base = { ...request, namespace: 'foo-ns', name: 'foo-sa' }
  const withUid = (serviceAccountUid: string): ServiceAccountTokenRequest => ({
    ...base,
    serviceAccountUid,
  })
  const other = {
    ...base,
    namespace: 'ame-ns',
    name: 'ame-sa',
    audiences: ['ame1', 'ame2'],
    boundObject: { kind: 'pod', name: 'ame-pod', uid: 'ame-uid' },
  }
  const diffPod = { ...base, boundObject: { ...base.boundObject, name: 'diff-pod' } }

  test.each<
    readonly [
      string,
      readonly ServiceAccountTokenRequest[],
      ServiceAccountTokenRequest,
      'found' | 'not found',
    ]
  >([
    ['by the same request', [base, other], base, 'found'],
    ['by one for more seconds', [base], { ...base, expirationSeconds: 2001 }, 'not found'],
    ['by one bound to another object', [base], diffPod, 'not found'],
    ['by one for another UID', [withUid('old-uid-123')], withUid('new-uid-456'), 'not found'],
    ['by one for the same UID', [withUid('same-uid-123')], withUid('same-uid-123'), 'found'],
    ['by one without UID, if it has none', [base], base, 'found'],
    ['by one without UID, if it has one', [withUid('uid-123')], base, 'not found'],
  ])('is found %s, or not', (_, kept, target, outcome) => {
    const isFound = kept.some((one) => isSameRequest(one, target))
    expect(isFound ? 'found' : 'not found').toBe(outcome)
  })
})

test('a token that is asked for by the UID of a recreated account is a new one', async () => {
  const { server, manager } = managerStage()
  const numbers: number[] = []
  const uids = ['original-sa-uid-123', 'recreated-sa-uid-456'].flatMap((uid) => [uid, uid])
  for (const uid of uids) {
    server.uids.set('test-ns/test-sa', uid)
    const wanted = {
      namespace: 'test-ns',
      name: 'test-sa',
      audiences: ['test-audience'],
      expirationSeconds: 3600,
      serviceAccountUid: uid,
    }
    numbers.push(numberOf(await manager.getServiceAccountToken(wanted)))
  }
  expect([numbers, server.calls.length]).toEqual([[1, 1, 2, 2], 2])
})
