import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'

import { expect, test } from 'vitest'

import { systemClock, type Clock } from '../../src/credential/clock.ts'
import { readCertificatePair } from '../../src/file/read-certificate-pair.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
const authority = createCertificateAuthority()
const ann = authority.issue({ commonName: 'ann', usage: 'client' })
const bob = authority.issue({ commonName: 'bob', usage: 'client' })

function write(certificate: string, key: string): void {
  writeFileSync(files.certificate, certificate)
  writeFileSync(files.key, key)
}

/** Time that passes at once, after something was done in it. */
function clockThat(act: (pauses: number) => void): Clock & { readonly pauses: number } {
  let pauses = 0
  return {
    now: () => 0,
    monotonic: () => 0,
    after(_ms, then) {
      act(++pauses)
      queueMicrotask(then)
      return { cancel: () => {}, hold: () => {}, release: () => {} }
    },
    get pauses() {
      return pauses
    },
  }
}

const { signal } = new AbortController()

test('a pair that fits is read at once', async () => {
  write(ann.certificatePem, ann.privateKeyPem)
  const clock = clockThat(() => {})
  const { subject, privateKeyPem } = await readCertificatePair(files, { clock, signal, owner: '' })
  expect(subject).toBe('CN=ann')
  expect(privateKeyPem.reveal()).toBe(ann.privateKeyPem)
  expect(clock.pauses).toBe(0)
})

test('a pair in the middle of a rotation is read when the rotation is done', async () => {
  write(bob.certificatePem, ann.privateKeyPem)
  const clock = clockThat((pauses) => {
    if (pauses === 1) write(bob.certificatePem.slice(0, 200), ann.privateKeyPem)
    if (pauses === 2) write(bob.certificatePem, bob.privateKeyPem)
  })
  const { subject } = await readCertificatePair(files, { clock, signal, owner: '' })
  expect(subject).toBe('CN=bob')
  expect(clock.pauses).toBe(2)
})

test('a pair that never fits is an error that names both files, and shows nothing of them', async () => {
  write(bob.certificatePem, ann.privateKeyPem)
  const clock = clockThat(() => {})
  const failure: unknown = await readCertificatePair(files, { clock, signal, owner: 'ann' }).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({
    code: 'ERR_CREDENTIAL_INVALID',
    message:
      'tls: private key does not match public key ' +
      `(client-certificate ${files.certificate}, client-key ${files.key})`,
    details: { file: files.certificate },
  })
  expect(inspect(failure, { depth: 9 })).not.toContain(ann.privateKeyPem.slice(60, 90))
  expect(clock.pauses).toBe(5)
})

test('a file that is missing is an error at once', async () => {
  write(ann.certificatePem, ann.privateKeyPem)
  const clock = clockThat(() => {})
  const missing = join(folder, 'missing')
  await expect(
    readCertificatePair({ ...files, key: missing }, { clock, signal, owner: 'ann' }),
  ).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_FILE',
    message: `unable to read client-key ${missing} for ann due to open ${missing}: no such file or directory`,
  })
  expect(clock.pauses).toBe(0)
})

test('an abort ends the wait for a rotation, and lets go of its timer', async () => {
  write(bob.certificatePem, ann.privateKeyPem)
  const controller = new AbortController()
  let cancelled = 0
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after() {
      queueMicrotask(() => controller.abort(new Error('enough')))
      return { cancel: () => void cancelled++, hold: () => {}, release: () => {} }
    },
  }
  const options = { clock, signal: controller.signal, owner: '' }
  await expect(readCertificatePair(files, options)).rejects.toThrow('enough')
  expect(cancelled).toBe(1)
  await expect(readCertificatePair(files, { ...options, clock: systemClock })).rejects.toThrow(
    'enough',
  )
})
