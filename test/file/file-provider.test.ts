import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import type { ProvideRequest } from '../../src/credential/provider.ts'
import { Secret } from '../../src/credential/secret.ts'
import { subscribe, type KubecredEvents } from '../../src/events/channels.ts'
import { fileProvider } from '../../src/file/file-provider.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const tokenFile = join(folder, 'token')
const certificateFiles = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
const authority = createCertificateAuthority()
const clock = createFakeClock()
const minute = 60_000

function writePair(
  commonName: string,
  notAfter = new Date(clock.now() + 365 * 24 * 60 * minute),
): void {
  const { certificatePem, privateKeyPem } = authority.issue({
    commonName,
    usage: 'client',
    notAfter,
  })
  writeFileSync(certificateFiles.certificate, certificatePem)
  writeFileSync(certificateFiles.key, privateKeyPem)
}

function request(fields: Partial<ProvideRequest> = {}): ProvideRequest {
  return { reason: 'first', ahead: false, signal: new AbortController().signal, ...fields }
}

const failures: KubecredEvents['kubecred:credential:failed'][] = []
let unsubscribe = (): void => {}

beforeEach(() => {
  failures.length = 0
  unsubscribe = subscribe('kubecred:credential:failed', (event) => failures.push(event))
})

afterEach(() => {
  unsubscribe()
})

describe('a token file', () => {
  test('gives a bearer token that is good for a minute', async () => {
    writeFileSync(tokenFile, 'one\n')
    const provider = fileProvider({ tokenFile, clock })
    expect(provider.name).toBe(`token file ${JSON.stringify(tokenFile)}`)
    expect(provider.runsAhead).toBe(true)
    const credential = await provider.provide(request())
    expect(credential.authorization?.reveal()).toBe('Bearer one')
    expect(credential.certificate).toBeUndefined()
    expect(credential.expiresAt).toBe(clock.now() + minute)
  })

  test('is read again each time', async () => {
    writeFileSync(tokenFile, 'one')
    const provider = fileProvider({ tokenFile, clock })
    const first = await provider.provide(request())
    writeFileSync(tokenFile, 'two')
    const second = await provider.provide(request({ reason: 'due', ahead: true }))
    expect([first.token?.reveal(), second.token?.reveal()]).toEqual(['one', 'two'])
  })

  test('must be good at the first reading', async () => {
    writeFileSync(tokenFile, '')
    await expect(fileProvider({ tokenFile, clock }).provide(request())).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      message: `read empty token from file ${JSON.stringify(tokenFile)}`,
    })
    expect(failures).toEqual([])
  })

  test('that fails later leaves the last token for ten seconds more, and an event', async () => {
    writeFileSync(tokenFile, 'one')
    const provider = fileProvider({ tokenFile, clock })
    await provider.provide(request())
    rmSync(tokenFile)
    clock.advance(minute)
    const again = await provider.provide(request({ reason: 'expired' }))
    expect(again.token?.reveal()).toBe('one')
    expect(again.expiresAt).toBe(clock.now() + 10_000)
    expect(failures).toEqual([
      {
        source: provider.name,
        reason: 'expired',
        errorCode: 'ERR_CREDENTIAL_FILE',
        message: `open ${tokenFile}: no such file or directory`,
        durationMs: 0,
        usable: true,
        retryInMs: 10_000,
      },
    ])
  })

  test('may fail at once where the kubeconfig has a token too', async () => {
    rmSync(tokenFile, { force: true })
    const fixed = { token: new Secret('snapshot') }
    const provider = fileProvider({ tokenFile, fixed, clock })
    expect((await provider.provide(request())).token?.reveal()).toBe('snapshot')
    expect(failures).toHaveLength(1)
    writeFileSync(tokenFile, 'read')
    expect((await provider.provide(request())).token?.reveal()).toBe('read')
  })
})

describe('certificate files', () => {
  test('give a certificate that is good for five minutes', async () => {
    writePair('ann')
    const provider = fileProvider({ certificateFiles, clock })
    expect(provider.name).toBe(`certificate file ${JSON.stringify(certificateFiles.certificate)}`)
    const credential = await provider.provide(request())
    expect(credential.certificate?.subject).toBe('CN=ann')
    expect(credential.authorization).toBeUndefined()
    expect(credential.expiresAt).toBe(clock.now() + 5 * minute)
  })

  test('are read again no later than the certificate ends', async () => {
    const notAfter = new Date(clock.now() + minute)
    writePair('ann', notAfter)
    const { expiresAt } = await fileProvider({ certificateFiles, clock }).provide(request())
    expect(expiresAt).toBe(notAfter.getTime())
  })

  test('that fail later leave the last certificate, and an event', async () => {
    writePair('ann')
    const provider = fileProvider({ certificateFiles, clock, owner: 'ann' })
    await provider.provide(request())
    rmSync(certificateFiles.key)
    const again = await provider.provide(request({ reason: 'due', ahead: true }))
    expect(again.certificate?.subject).toBe('CN=ann')
    expect(again.expiresAt).toBe(clock.now() + 10_000)
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining(`unable to read client-key ${certificateFiles.key} for ann`),
    ])
  })

  test('that are read while the flight is stopped fail', async () => {
    writePair('ann')
    const provider = fileProvider({ certificateFiles, clock })
    await provider.provide(request())
    writeFileSync(certificateFiles.key, 'half')
    const signal = AbortSignal.abort(new Error('closed'))
    await expect(provider.provide(request({ signal }))).rejects.toThrow('closed')
    expect(failures).toEqual([])
  })
})

describe('together', () => {
  test('token and certificate files make one credential, good until the earlier end', async () => {
    writeFileSync(tokenFile, 'one')
    writePair('ann')
    const provider = fileProvider({ tokenFile, certificateFiles, clock })
    expect(provider.name).toMatch(/^token file ".*" and certificate file ".*"$/u)
    const credential = await provider.provide(request())
    expect(credential.token?.reveal()).toBe('one')
    expect(credential.certificate?.subject).toBe('CN=ann')
    expect(credential.expiresAt).toBe(clock.now() + minute)
  })

  test('one that fails does not hold the other back', async () => {
    writeFileSync(tokenFile, 'one')
    writePair('ann')
    const provider = fileProvider({ tokenFile, certificateFiles, clock })
    await provider.provide(request())
    rmSync(tokenFile)
    writePair('bob')
    const again = await provider.provide(request({ reason: 'due', ahead: true }))
    expect([again.token?.reveal(), again.certificate?.subject]).toEqual(['one', 'CN=bob'])
  })

  test('fixed parts go along with files', async () => {
    writePair('ann')
    const basic = { username: 'ann', password: new Secret('p') }
    const withBasic = fileProvider({ certificateFiles, fixed: { basic }, clock })
    expect((await withBasic.provide(request())).authorization?.reveal()).toBe(
      `Basic ${Buffer.from('ann:p').toString('base64')}`,
    )
    const { certificatePem, privateKeyPem } = authority.issue({
      commonName: 'eve',
      usage: 'client',
    })
    const certificate = readClientCertificate(certificatePem, privateKeyPem)
    writeFileSync(tokenFile, 'one')
    const withCertificate = fileProvider({ tokenFile, fixed: { certificate } })
    expect((await withCertificate.provide(request())).certificate).toBe(certificate)
  })

  test('fixed parts alone have no end but that of their certificate', async () => {
    const provider = fileProvider({ fixed: { token: new Secret('t') } })
    expect(provider.name).toBe('fixed credential')
    expect((await provider.provide(request())).expiresAt).toBeUndefined()
  })
})
