import { afterEach, describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import {
  createCredential,
  type Credential,
  type CredentialParts,
} from '../../src/credential/credential.ts'
import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { subscribe, type KubecredEventName } from '../../src/events/channels.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { nameOf, outcomeOf, seconds, settled, stage } from './scripted-provider.ts'

const names = [
  'kubecred:credential:renewed',
  'kubecred:credential:failed',
  'kubecred:credential:rejected',
] as const
const subscriptions: (() => void)[] = []

function listen(name: KubecredEventName, listener: (event: object) => void): void {
  subscriptions.push(subscribe(name, listener))
}

function record(): [name: string, event: object][] {
  const events: [string, object][] = []
  for (const name of names) {
    listen(name, (event) => events.push([name.replace('kubecred:credential:', ''), event]))
  }
  return events
}

afterEach(() => {
  for (const end of subscriptions.splice(0)) end()
})

describe('the renewed event', () => {
  test('tells source, reason, change, duration and end', async () => {
    const events = record()
    const { clock, provider, renewer, credential } = stage()
    const asking = renewer.get()
    await settled()
    clock.advance(1500)
    await provider.run(0).give(credential('a', 100 * seconds))
    expect(nameOf(await asking)).toBe('a')
    const renewed = {
      source: 'scripted plugin',
      kind: undefined,
      reason: 'first',
      changed: 'token',
      certificate: undefined,
      replaced: undefined,
      durationMs: 1500,
      expiresAt: clock.now() + 100 * seconds,
    }
    expect(events).toEqual([['renewed', renewed]])
  })

  const authority = createCertificateAuthority()
  const [alice, bob] = ['alice', 'bob'].map((commonName) => {
    const { certificatePem, privateKeyPem } = authority.issue({ commonName, usage: 'client' })
    return readClientCertificate(certificatePem, privateKeyPem)
  })
  const token = `${plantedSecret}-1`
  const other = `${plantedSecret}-2`
  const basic = { username: 'u', password: plantedSecret }

  test.each<[string, CredentialParts, CredentialParts]>([
    ['nothing', { token, certificate: alice }, { token, certificate: alice }],
    ['token', { token, certificate: alice }, { token: other, certificate: alice }],
    ['token', { token }, { basic }],
    ['certificate', { token, certificate: alice }, { token, certificate: bob }],
    ['certificate', { certificate: alice }, {}],
    ['both', { token, certificate: alice }, { token: other, certificate: bob }],
    ['both', {}, { token, certificate: alice }],
  ])('says that %s changed', async (changed, before, after) => {
    const { provider, renewer } = stage()
    const give = async (run: number, credential: Credential): Promise<void> => {
      const renewing = renewer.renew()
      await settled()
      await provider.run(run).give(credential)
      expect(await renewing).toBe(credential)
    }
    await give(0, createCredential(before))
    const events = record()
    await give(1, createCredential(after))
    expect(events).toMatchObject([['renewed', { reason: 'requested', changed }]])
  })

  test('tells from when to when the certificates hold, the one that is gone only if it is', async () => {
    const { provider, renewer } = stage()
    const events = record()
    const given = [
      { certificate: alice },
      { certificate: alice, token },
      { certificate: bob },
      { token },
    ]
    for (const [run, parts] of given.entries()) {
      const renewing = renewer.renew()
      await settled()
      await provider.run(run).give(createCredential(parts))
      await renewing
    }
    const [first, second] = [alice, bob].map((certificate) => ({
      notBefore: certificate?.notBefore,
      notAfter: certificate?.notAfter,
    }))
    expect(events.map(([, event]) => event)).toMatchObject([
      { certificate: first, replaced: undefined },
      { certificate: first, replaced: undefined },
      { certificate: second, replaced: first },
      { certificate: undefined, replaced: second },
    ])
  })

  test('tells of what the source holds, when a run ahead brought nothing better', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    const first = await start('a', 100 * seconds)
    const events = record()
    clock.advance(80 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).give(credential('old', -5 * seconds))
    const { expiresAt } = first
    expect(events).toMatchObject([['renewed', { reason: 'due', changed: 'nothing', expiresAt }]])
  })
})

describe('the failed event', () => {
  test('tells source, reason, error, hint, duration and the time until the next run', async () => {
    const events = record()
    const { clock, provider, renewer } = stage()
    const outcome = outcomeOf(renewer.get())
    await settled()
    clock.advance(700)
    await provider.run(0).fail(new KubecredError('ERR_EXEC_FAILED', 'exec: no', { hint: 'look' }))
    expect(outcome.value).toBeInstanceOf(KubecredError)
    const failed = {
      source: 'scripted plugin',
      reason: 'first',
      errorCode: 'ERR_EXEC_FAILED',
      message: 'exec: no',
      hint: 'look',
      durationMs: 700,
      usable: false,
      retryInMs: 1000,
    }
    expect(events).toEqual([['failed', failed]])
  })

  test('tells that the old credential still serves, and of errors without a code', async () => {
    const { clock, provider, renewer, start } = stage()
    await start('a', 100 * seconds)
    const events = record()
    clock.advance(80 * seconds)
    renewer.current()
    await settled()
    await provider.run(1).fail(new Error('odd'))
    const failed = { reason: 'due', errorCode: undefined, message: 'odd', usable: true }
    expect(events).toMatchObject([['failed', { ...failed, retryInMs: 1000 }]])
  })

  test('tells of a run ahead whose place another takes at once', async () => {
    const { clock, provider, renewer, credential, start } = stage()
    await start('a', 100 * seconds)
    const events = record()
    clock.advance(90 * seconds)
    renewer.current()
    clock.advance(11 * seconds)
    const asking = renewer.get()
    await settled()
    await provider.run(1).fail(new Error('may not prompt'))
    await provider.run(2).give(credential('b'))
    expect(nameOf(await asking)).toBe('b')
    expect(events).toMatchObject([
      ['failed', { reason: 'expired', usable: false, retryInMs: 0, durationMs: 11 * seconds }],
      ['renewed', { reason: 'expired', durationMs: 0 }],
    ])
  })
})

test('the rejected event tells of the current credential only', async () => {
  const { provider, renewer, credential, start } = stage()
  const first = await start('a')
  const events = record()
  await renewer.rejected(credential('other'))
  const asking = renewer.rejected(first)
  await settled()
  await provider.run(1).give(credential('b'))
  expect(nameOf(await asking)).toBe('b')
  const { fingerprint } = first
  expect(events[0]).toEqual(['rejected', { source: 'scripted plugin', fingerprint }])
  expect(events.map(([name]) => name)).toEqual(['rejected', 'renewed'])
})

test('no event holds a secret', async () => {
  const events = record()
  const { provider, renewer, credential, start } = stage()
  const first = await start('a')
  const asking = renewer.rejected(first)
  await settled()
  await provider.run(1).fail(new KubecredError('ERR_EXEC_REPLY', 'exec: bad'))
  const renewing = renewer.renew()
  await settled()
  await provider.run(2).give(credential('b'))
  expect([nameOf(await asking), nameOf(await renewing)]).toEqual(['a', 'b'])
  expect(events).toHaveLength(4)
  expect(JSON.stringify(events).includes(plantedSecret)).toBe(false)
})

describe('a listener', () => {
  test('may start the next renewal, which belongs to its callers', async () => {
    const { clock, provider, renewer, credential } = stage()
    const outcomes: { value: unknown }[] = []
    listen('kubecred:credential:renewed', () => {
      if (outcomes.length === 0) outcomes.push(outcomeOf(renewer.renew()))
    })
    const asking = renewer.get()
    await settled()
    await provider.run(0).give(credential('a'))
    expect(nameOf(await asking)).toBe('a')
    expect(outcomes.map(({ value }) => value)).toEqual(['pending'])
    expect([provider.runs.length, clock.heldTimers]).toEqual([2, 1])
    await provider.run(1).give(credential('b'))
    expect(outcomes.map(({ value }) => value)).toEqual(['b'])
  })

  test('may go past the failure of which it is told', async () => {
    const { clock, provider, renewer, credential } = stage()
    const outcomes: { value: unknown }[] = []
    listen('kubecred:credential:failed', () => outcomes.push(outcomeOf(renewer.renew())))
    const failing = outcomeOf(renewer.get())
    await settled()
    const error = new Error('no')
    await provider.run(0).fail(error)
    expect(failing.value).toBe(error)
    expect([provider.runs.length, clock.heldTimers]).toEqual([2, 1])
    await provider.run(1).give(credential('a'))
    expect(outcomes.map(({ value }) => value)).toEqual(['a'])
  })

  test.each(names)('may close the source when it hears %s', async (name) => {
    const { clock, provider, renewer, credential, start } = stage()
    const first = await start('a')
    const closings: Promise<void>[] = []
    listen(name, () => closings.push(renewer.close()))
    const outcomes = [outcomeOf(renewer.rejected(first)), outcomeOf(renewer.rejected(first))]
    await settled()
    if (name.endsWith('failed')) await provider.run(1).fail(new Error('no'))
    if (name.endsWith('renewed')) await provider.run(1).give(credential('b'))
    await Promise.all(closings)
    await settled()
    expect(closings.length).toBeGreaterThan(0)
    expect(outcomes.some(({ value }) => value === 'pending')).toBe(false)
    expect([renewer.current(), clock.pendingTimers]).toEqual([undefined, 0])
  })
})
