import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, test } from 'vitest'

import { subscribe } from '../../src/events/channels.ts'
import { FileSource } from '../../src/file/file-source.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const root = temporaryFolder()
let tokenFile: string
let count = 0

beforeEach(() => {
  mkdirSync(join(root, `test-${count}`))
  tokenFile = join(root, `test-${count++}`, 'token')
  writeFileSync(tokenFile, 'one')
})

test('the token serves without a reading for as long as nobody asks, and longer', async () => {
  const clock = createFakeClock()
  await using source = new FileSource({ tokenFile }, { clock })
  const first = await source.get()
  expect(first.expiresAt).toBeUndefined()
  clock.advance(3_600_000)
  expect(source.current()).toBe(first)
})

test('what changes while a renewal is under way is taken all the same', async () => {
  const clock = createFakeClock()
  const authority = createCertificateAuthority()
  const notAfter = new Date(clock.now() + 365 * 24 * 3_600_000)
  const pairOf = (commonName: string) => authority.issue({ commonName, usage: 'client', notAfter })
  const [ann, bob] = [pairOf('ann'), pairOf('bob')]
  const certificateFiles = { certificate: `${tokenFile}.crt`, key: `${tokenFile}.key` }
  writeFileSync(certificateFiles.certificate, ann.certificatePem)
  writeFileSync(certificateFiles.key, ann.privateKeyPem)
  await using source = new FileSource({ tokenFile, certificateFiles }, { clock })
  await source.get()
  let changes = 0
  const stop = subscribe('kubecred:file:changed', ({ files }) => {
    if (files[0] === tokenFile) changes++
  })
  // The token has been read again, and the renewal waits for the other half of the pair.
  writeFileSync(certificateFiles.certificate, bob.certificatePem)
  writeFileSync(tokenFile, 'two')
  const renewal = source.renew()
  await until(() => changes === 1)
  writeFileSync(tokenFile, 'three')
  await until(() => {
    clock.advance(20)
    return changes === 2
  })
  writeFileSync(certificateFiles.key, bob.privateKeyPem)
  await until(() => {
    clock.advance(100)
    return source.current()?.certificate?.subject === 'CN=bob'
  })
  stop()
  await renewal
  expect(source.current()?.token?.reveal()).toBe('three')
})

test('a reading in the background that fails is an event of the file, and renews nothing', async () => {
  const clock = createFakeClock()
  await using source = new FileSource({ tokenFile }, { clock })
  await source.get()
  const seen: string[] = []
  const stops = (
    [
      'kubecred:credential:renewed',
      'kubecred:credential:failed',
      'kubecred:file:changed',
      'kubecred:file:failed',
    ] as const
  ).map((name) => subscribe(name, () => seen.push(name)))
  rmSync(tokenFile)
  clock.advance(60_000)
  await until(() => seen.length > 0)
  expect(new Set(seen)).toEqual(new Set(['kubecred:file:failed']))
  writeFileSync(tokenFile, 'two')
  clock.advance(10_000)
  await until(() => source.current()?.token?.reveal() === 'two')
  for (const stop of stops) stop()
  expect(seen.slice(-2)).toEqual(['kubecred:file:changed', 'kubecred:credential:renewed'])
})

test('it leaves no timer when it is closed, also while it is being opened', async () => {
  const clock = createFakeClock()
  const source = new FileSource({ tokenFile }, { clock })
  await source.get()
  await source.close()
  const other = new FileSource({ tokenFile }, { clock })
  const [asked] = await Promise.allSettled([other.get(), other.close()])
  expect(asked).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CLOSED' } })
  await until(() => clock.pendingTimers === 0)
})
