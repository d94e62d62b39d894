import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { Secret } from '../../src/credential/secret.ts'
import { subscribe, type KubecredEvents } from '../../src/events/channels.ts'
import { FileProvider, type FileProviderOptions } from '../../src/file/file-provider.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

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

const opened: FileProvider[] = []

function fileProvider(options: FileProviderOptions, changed?: () => void): FileProvider {
  const provider = new FileProvider({ clock, ...options }, changed)
  opened.push(provider)
  return provider
}

const failures: KubecredEvents['kubecred:file:failed'][] = []
let unsubscribe = (): void => {}

beforeEach(() => {
  failures.length = 0
  unsubscribe = subscribe('kubecred:file:failed', (event) => failures.push(event))
})

afterEach(async () => {
  unsubscribe()
  await Promise.all(opened.splice(0).map((provider) => provider.close()))
})

describe('a token file', () => {
  test('gives a bearer token, which has no end that anybody knows', async () => {
    writeFileSync(tokenFile, 'one\n')
    const provider = fileProvider({ tokenFile, clock })
    expect(provider.name).toBe(`token file ${JSON.stringify(tokenFile)}`)
    expect(provider.runsAhead).toBe(true)
    const credential = await provider.provide()
    expect(credential.authorization?.reveal()).toBe('Bearer one')
    expect(credential.certificate).toBeUndefined()
    expect(credential.expiresAt).toBeUndefined()
  })

  test('is read again each time', async () => {
    writeFileSync(tokenFile, 'one')
    const provider = fileProvider({ tokenFile, clock })
    const first = await provider.provide()
    writeFileSync(tokenFile, 'two')
    const second = await provider.provide()
    expect([first.token?.reveal(), second.token?.reveal()]).toEqual(['one', 'two'])
  })

  test('must be good at the first reading', async () => {
    writeFileSync(tokenFile, '')
    await expect(fileProvider({ tokenFile, clock }).provide()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      message: `read empty token from file ${JSON.stringify(tokenFile)}`,
    })
    expect(failures).toEqual([])
  })

  test('that fails later leaves the last token, and an event', async () => {
    writeFileSync(tokenFile, 'one')
    const provider = fileProvider({ tokenFile, clock })
    await provider.provide()
    rmSync(tokenFile)
    await expect(provider.provide()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
    expect(failures).toEqual([
      {
        files: [tokenFile],
        errorCode: 'ERR_CREDENTIAL_FILE',
        message: `open ${tokenFile}: no such file or directory`,
        retryInMs: 10_000,
      },
    ])
    writeFileSync(tokenFile, 'two')
    clock.advance(10_000)
    await until(() => provider.isBehind)
    expect((await provider.provide()).token?.reveal()).toBe('two')
  })

  test('that is only half written leaves the last token, until the rest is there', async () => {
    difference('half-written-token')
    writeFileSync(tokenFile, 'header.payload-1.signature')
    const provider = fileProvider({ tokenFile, clock })
    await provider.provide()
    writeFileSync(tokenFile, 'header.payl')
    utimesSync(tokenFile, clock.now() / 1000, clock.now() / 1000)
    await expect(provider.provide()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
    writeFileSync(tokenFile, 'header.payload-2.signatura')
    expect((await provider.provide()).token?.reveal()).toBe('header.payload-2.signatura')
  })

  test('is read in the background each minute, and nobody who asks waits for it', async () => {
    writeFileSync(tokenFile, 'one')
    let changes = 0
    const provider = fileProvider({ tokenFile, clock }, () => changes++)
    await provider.provide()
    writeFileSync(tokenFile, 'two')
    clock.advance(minute)
    await until(() => changes === 1)
    rmSync(tokenFile)
    expect((await provider.provide()).token?.reveal()).toBe('two')
  })

  test('may fail at once where the kubeconfig has a token too', async () => {
    rmSync(tokenFile, { force: true })
    const fixed = { token: new Secret('snapshot') }
    const provider = fileProvider({ tokenFile, fixed, clock })
    expect((await provider.provide()).token?.reveal()).toBe('snapshot')
    expect(failures).toHaveLength(1)
    writeFileSync(tokenFile, 'read')
    expect((await provider.provide()).token?.reveal()).toBe('read')
  })
})

describe('certificate files', () => {
  test('give a certificate, with its end', async () => {
    writePair('ann')
    const provider = fileProvider({ certificateFiles, clock })
    expect(provider.name).toBe(`certificate file ${JSON.stringify(certificateFiles.certificate)}`)
    const credential = await provider.provide()
    expect(credential.certificate?.subject).toBe('CN=ann')
    expect(credential.authorization).toBeUndefined()
    expect(credential.expiresAt).toBe(credential.certificate?.notAfter)
  })

  test('that fail later leave the last certificate, and an event', async () => {
    writePair('ann')
    const provider = fileProvider({ certificateFiles, clock, owner: 'ann' })
    await provider.provide()
    rmSync(certificateFiles.key)
    await expect(provider.provide()).rejects.toThrow('unable to read client-key')
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining(`unable to read client-key ${certificateFiles.key} for ann`),
    ])
    writePair('bob')
    clock.advance(10_000)
    await until(() => provider.isBehind)
    expect((await provider.provide()).certificate?.subject).toBe('CN=bob')
  })
})

describe('together', () => {
  test('token and certificate files make one credential, which ends with the certificate', async () => {
    writeFileSync(tokenFile, 'one')
    writePair('ann')
    const provider = fileProvider({ tokenFile, certificateFiles, clock })
    expect(provider.name).toMatch(/^token file ".*" and certificate file ".*"$/u)
    const credential = await provider.provide()
    expect(credential.token?.reveal()).toBe('one')
    expect(credential.certificate?.subject).toBe('CN=ann')
    expect(credential.expiresAt).toBe(credential.certificate?.notAfter)
  })

  test('one that fails does not hold the other back', async () => {
    writeFileSync(tokenFile, 'one')
    writePair('ann')
    const provider = fileProvider({ tokenFile, certificateFiles, clock })
    await provider.provide()
    rmSync(tokenFile)
    writePair('bob')
    const again = await provider.provide()
    expect([again.token?.reveal(), again.certificate?.subject]).toEqual(['one', 'CN=bob'])
  })

  test('fixed parts go along with files', async () => {
    writePair('ann')
    const basic = { username: 'ann', password: new Secret('p') }
    const withBasic = fileProvider({ certificateFiles, fixed: { basic }, clock })
    expect((await withBasic.provide()).authorization?.reveal()).toBe(
      `Basic ${Buffer.from('ann:p').toString('base64')}`,
    )
    const { certificatePem, privateKeyPem } = authority.issue({
      commonName: 'eve',
      usage: 'client',
    })
    const certificate = readClientCertificate(certificatePem, privateKeyPem)
    writeFileSync(tokenFile, 'one')
    const withCertificate = fileProvider({ tokenFile, fixed: { certificate } })
    expect((await withCertificate.provide()).certificate).toBe(certificate)
  })

  test('fixed parts alone have no end but that of their certificate', async () => {
    const provider = fileProvider({ fixed: { token: new Secret('t') } })
    expect(provider.name).toBe('fixed credential')
    expect((await provider.provide()).expiresAt).toBeUndefined()
  })
})
