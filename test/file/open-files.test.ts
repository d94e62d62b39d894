import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { systemClock, type Clock } from '../../src/credential/clock.ts'
import { openCertificateFiles, openFile, openTokenFile } from '../../src/doors/file.ts'
import { subscribe } from '../../src/events/channels.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { PublishedFiles } from './published-files.ts'

const root = temporaryFolder()
const authority = createCertificateAuthority()
const pairOf = (commonName: string) => {
  const issued = authority.issue({ commonName, usage: 'client' })
  return { 'tls.crt': issued.certificatePem, 'tls.key': issued.privateKeyPem }
}

let folder: string
let count = 0
const events: { readonly name: string; readonly message?: string }[] = []
const stops: (() => void)[] = []

beforeEach(() => {
  folder = join(root, `test-${count++}`)
  mkdirSync(folder)
  events.length = 0
  stops.push(
    subscribe('kubecred:file:changed', () => events.push({ name: 'changed' })),
    subscribe('kubecred:file:failed', ({ message }) => events.push({ name: 'failed', message })),
  )
})

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const names = (): readonly string[] => events.map(({ name }) => name)

describe('openTokenFile', () => {
  test('gives the token at once, without the white space around it', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'one\n')
    await using token = await openTokenFile(path)
    expect(token.current()).toBe('one')
    expect(token.files).toEqual([path])
    expect(inspect(token)).not.toContain('one')
  })

  test.each(['', 'a\nb'])('refuses %j at the first reading', async (content) => {
    const path = join(folder, 'token')
    writeFileSync(path, content)
    await expect(openTokenFile(path)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
  })

  const ways: readonly [string, (path: string, content: string) => void][] = [
    ['in place', (path, content) => writeFileSync(path, content)],
    [
      'by a file that is renamed to it',
      (path, content) => {
        writeFileSync(`${path}.new`, content)
        renameSync(`${path}.new`, path)
      },
    ],
    [
      'after it was gone with its folder',
      (path, content) => {
        rmSync(join(path, '..'), { recursive: true })
        mkdirSync(join(path, '..'))
        writeFileSync(path, content)
      },
    ],
  ]

  test.each(ways)('gives the new token when the file is written %s', async (_way, write) => {
    mkdirSync(join(folder, 'sub'))
    const path = join(folder, 'sub', 'token')
    writeFileSync(path, 'first')
    await using token = await openTokenFile(path)
    for (const next of ['second', 'third', 'fourth']) {
      write(path, next)
      await until(() => token.current() === next)
    }
    expect(token.current()).toBe('fourth')
  })

  test('gives the new token when the kubelet replaces the folder behind the file', async () => {
    const volume = new PublishedFiles(join(folder, 'sa'), { token: 'first' })
    await using token = await openTokenFile(volume.path('token'))
    for (const next of ['second', 'third', 'fourth']) {
      volume.publish({ token: next })
      await until(() => token.current() === next)
    }
    expect(names()).toEqual(['changed', 'changed', 'changed'])
  })

  test('keeps the last token while the file is missing or holds none, and tells of it', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'first')
    await using token = await openTokenFile(path)
    rmSync(path)
    await until(() => names().includes('failed'))
    expect(events[0]?.message).toBe(`open ${path}: no such file or directory`)
    writeFileSync(path, '')
    await until(() => events.length === 2)
    expect(token.current()).toBe('first')
    await expect(token.reload()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
    writeFileSync(path, 'second')
    await until(() => token.current() === 'second')
  })

  test('keeps the last token while only the beginning of the next one is written', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'header.payload-1.signature')
    await using token = await openTokenFile(path)
    writeFileSync(path, 'header.payload-2.sign')
    await expect(token.reload()).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      message: `token file ${JSON.stringify(path)} is being written: its token is cut off`,
    })
    expect(token.current()).toBe('header.payload-1.signature')
    writeFileSync(path, 'header.payload-2.signatura')
    await until(() => token.current() === 'header.payload-2.signatura')
  })

  test('takes what looks like a beginning once it has stood there for a while', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'opaque-12')
    await using token = await openTokenFile(path)
    writeFileSync(path, 'opaque-1')
    const seconds = Date.now() / 1000 - 6
    utimesSync(path, seconds, seconds)
    expect(await token.reload()).toBe('opaque-1')
  })

  test('tells of nothing when the same token is written again', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'first')
    await using token = await openTokenFile(path)
    writeFileSync(path, 'first\n')
    expect(await token.reload()).toBe('first')
    expect(events).toEqual([])
  })

  test('reads it when asked to, before the system has told of a change', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'first')
    await using token = await openTokenFile(path, { clock: createFakeClock() })
    writeFileSync(path, 'second')
    expect(await token.reload()).toBe('second')
    expect(token.current()).toBe('second')
  })

  test('looks at the file every ten seconds, however often it is asked for', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, 'first')
    const clock = createFakeClock()
    const delays: number[] = []
    const counting: Clock = {
      ...clock,
      after: (ms, then) => {
        if (ms === 10_000) delays.push(ms)
        return clock.after(ms, then)
      },
    }
    await using token = await openTokenFile(path, { clock: counting })
    for (let asked = 0; asked < 100_000; asked++) token.current()
    expect(delays).toEqual([10_000])
    for (let looks = 2; looks <= 4; looks++) {
      clock.advance(10_000)
      await until(() => delays.length === looks)
    }
    expect(delays).toEqual([10_000, 10_000, 10_000, 10_000])
  })

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    `tries again what it may not read${process.getuid?.() === 0 ? ' (skipped: root may read everything)' : ''}`,
    async () => {
      const path = join(folder, 'token')
      writeFileSync(path, 'first')
      await using token = await openTokenFile(path)
      chmodSync(path, 0o000)
      await until(() => names().includes('failed'))
      chmodSync(path, 0o600)
      expect(await token.reload()).toBe('first')
    },
  )
})

describe('openCertificateFiles', () => {
  const open = (volume: PublishedFiles, clock: Clock = systemClock) =>
    openCertificateFiles(
      { certificate: volume.path('tls.crt'), key: volume.path('tls.key') },
      { clock },
    )

  test('gives the new pair when cert-manager has replaced both', async () => {
    const volume = new PublishedFiles(join(folder, 'tls'), pairOf('ann'))
    await using pair = await open(volume)
    expect(pair.current().subject).toBe('CN=ann')
    const next = pairOf('bob')
    volume.publish(next)
    await until(() => pair.current().subject === 'CN=bob')
    expect(pair.current().privateKeyPem.reveal()).toBe(next['tls.key'])
  })

  test('keeps the old pair until both halves of the new one are there', async () => {
    const old = pairOf('ann')
    const next = pairOf('bob')
    const volume = new PublishedFiles(join(folder, 'tls'), old)
    await using pair = await open(volume)
    volume.publish({ ...old, 'tls.crt': next['tls.crt'] })
    await until(() => names().includes('failed'))
    expect(events[0]?.message).toContain('private key does not match public key')
    expect(pair.current().subject).toBe('CN=ann')
    volume.publish(next)
    await until(() => pair.current().subject === 'CN=bob')
  })
})

describe('openFile', () => {
  test('gives the bytes, and each that follow to whoever iterates, until it is closed', async () => {
    const path = join(folder, 'ca.crt')
    writeFileSync(path, 'one')
    const file = await openFile(path)
    const seen: string[] = []
    const reading = (async () => {
      for await (const bytes of file) {
        seen.push(Buffer.from(bytes).toString())
      }
    })()
    for (const next of ['two', 'three']) {
      await until(() => seen.length > 0)
      writeFileSync(path, next)
      await until(() => seen.at(-1) === next)
    }
    await file.close()
    await reading
    expect(seen).toEqual(['one', 'two', 'three'])
    await expect(file.reload()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(Buffer.from(file.current()).toString()).toBe('three')
  })

  test('gives the latest, not all, to a reader that is slow', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'one')
    await using file = await openFile(path)
    const iterator = file[Symbol.asyncIterator]()
    await iterator.next()
    for (const next of ['two', 'three', 'four']) {
      writeFileSync(path, next)
      await file.reload()
    }
    const { value } = await iterator.next()
    expect(Buffer.from(value ?? '').toString()).toBe('four')
  })

  test('ends an iteration at once, also while the next value is awaited', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'one')
    await using file = await openFile(path)
    const iterator = file.values()
    await iterator.next()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const stop = new AbortController()
    const other = file.values({ signal: stop.signal })
    await other.next()
    const aborted = other.next()
    stop.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
  })

  test('is the file of when it was opened, wherever the process goes', async () => {
    const before = process.cwd()
    mkdirSync(join(folder, 'elsewhere'))
    writeFileSync(join(folder, 'file'), 'one')
    writeFileSync(join(folder, 'elsewhere', 'file'), 'another')
    try {
      process.chdir(folder)
      await using file = await openFile('file')
      process.chdir('elsewhere')
      expect(Buffer.from(await file.reload()).toString()).toBe('one')
    } finally {
      process.chdir(before)
    }
  })

  test('names the argument that is no path', async () => {
    const wrong: unknown = undefined
    await expect(openFile(wrong as string)).rejects.toThrow(
      new TypeError('"path" must be the path of a file'),
    )
    await expect(openCertificateFiles({ certificate: 'c', key: '' })).rejects.toThrow(
      new TypeError('"key" must be the path of a file'),
    )
  })

  test('takes an empty file for one that is being written', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, '')
    await expect(openFile(path)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
    writeFileSync(path, Buffer.alloc(2 ** 20 + 1))
    await expect(openFile(path)).rejects.toThrow('larger than 1 MiB')
    await expect(openFile(join(folder, 'missing'))).rejects.toMatchObject({
      details: { file: join(folder, 'missing') },
    })
  })

  test('leaves no timer when it is closed, nor when it could not be opened', async () => {
    const clock = createFakeClock()
    const path = join(folder, 'file')
    await expect(openFile(path, { clock })).rejects.toThrow('no such file')
    writeFileSync(path, 'one')
    const file = await openFile(path, { clock })
    rmSync(path)
    await until(() => {
      clock.advance(1000)
      return names().includes('failed')
    })
    await file.close()
    await file.close()
    expect(clock.pendingTimers).toBe(0)
  })

  test('keeps a process alive while the next one is awaited, and not else', async () => {
    const path = join(folder, 'file')
    writeFileSync(path, 'one')
    const door = JSON.stringify(fileURLToPath(new URL('../../src/doors/file.ts', import.meta.url)))
    const program = `
      import { openFile } from ${door}
      const file = await openFile(${JSON.stringify(path)})
      process.stdout.write(file.current())
      let count = 0
      for await (const bytes of file) {
        process.stdout.write(bytes)
        if (++count === 2) break
      }
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
    await until(() => out === 'oneone')
    writeFileSync(path, 'two')
    const [code] = (await once(child, 'close')) as [number | null]
    expect([code, out]).toEqual([0, 'oneonetwo'])
  })
})
