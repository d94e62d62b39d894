import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { beforeEach, describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { Secret } from '../../src/credential/secret.ts'
import { fileTokenStore, type StoredToken, type TokenStore } from '../../src/doors/token.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const base = temporaryFolder()
const isWindows = process.platform === 'win32'
const isRoot = process.geteuid?.() === 0
const scope = 'https://cluster.example'
const another = 65_533
let number = 0
let folder: string
let file: string
let store: TokenStore

beforeEach(() => {
  folder = join(base, `${++number}`)
  mkdirSync(folder, { mode: 0o700 })
  file = join(folder, 'tokens.json')
  store = fileTokenStore({ file, scope })
})

function token(name: string): StoredToken {
  return {
    request: { namespace: 'ci', name, audiences: ['a'], boundObject: { kind: 'Pod', uid: 'u' } },
    token: new Secret(`${plantedSecret}-${name}`),
    expiresAt: 1_900_000_000_000,
    expirationSeconds: 3600,
    audiences: ['a'],
    serviceAccountUid: 'uid-1',
  }
}

/** What was saved, as anybody can compare it. */
function plain(tokens: readonly StoredToken[]): readonly unknown[] {
  return tokens.map((one) => ({ ...one, token: one.token.reveal() }))
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(outcome).toMatchObject({ code: 'ERR_TOKEN_STORE', details: { file } })
  return outcome instanceof Error ? outcome.message : ''
}

describe('a file of tokens', () => {
  test('gives what was saved last, and nothing when nothing was', async () => {
    expect(await store.load()).toEqual([])
    await store.save([token('one')])
    await store.save([token('a'), token('b')])
    const loaded = await fileTokenStore({ file, scope }).load()
    expect(plain(loaded)).toEqual(plain([token('a'), token('b')]))
    expect(readdirSync(folder)).toEqual(['tokens.json'])
  })

  test('keeps a request as it was, what is not given apart from what is empty', async () => {
    const requests = [
      { namespace: 'n', name: 'a' },
      { namespace: 'n', name: 'a', audiences: [], expirationSeconds: 600, serviceAccountUid: 'u' },
    ]
    await store.save(requests.map((request) => ({ ...token('a'), request })))
    const loaded = await store.load()
    expect(loaded.map(({ request }) => request.audiences)).toEqual([undefined, []])
    expect(loaded.map(({ request }) => request)).toEqual(requests)
  })

  test.skipIf(isWindows)(
    'is its user’s alone, and so is a folder that is made for it',
    async () => {
      file = join(folder, 'new', 'deep', 'tokens.json')
      await fileTokenStore({ file, scope }).save([token('a')])
      expect(lstatSync(file).mode & 0o777).toBe(0o600)
      expect(lstatSync(join(folder, 'new', 'deep')).mode & 0o777).toBe(0o700)
    },
  )

  test('of another scope gives nothing', async () => {
    await store.save([token('a')])
    expect(await fileTokenStore({ file, scope: 'https://other.example' }).load()).toEqual([])
  })

  test('takes a scope and a path, which are not empty', () => {
    expect(() => fileTokenStore({ file: '', scope })).toThrow('"file" must be a text')
    expect(() => fileTokenStore({ file, scope: '' })).toThrow('"scope" must be a text')
  })
})

describe('a file that cannot be trusted is not used, and set aside before the next save', () => {
  const ours = JSON.stringify({ kind: 'KubecredTokens', version: 1, scope, tokens: [{ token: 1 }] })

  async function expectSetAside(words: string, content: string): Promise<void> {
    expect(await messageOf(store.load())).toBe(`token store ${file}: ${words}`)
    expect(existsSync(file)).toBe(true)
    await store.save([token('a')])
    expect(plain(await store.load())).toEqual(plain([token('a')]))
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(content)
  }

  test.each([
    ['cut off', '{"kind":"Kubec', 'it holds no tokens of Kubecred'],
    ['of something else', '{"users":[]}', 'it holds no tokens of Kubecred'],
    ['empty', '', 'it holds no tokens of Kubecred'],
    [
      'of a later version',
      ours.replace('"version":1', '"version":2'),
      'another version of Kubecred wrote it',
    ],
    ['damaged within', ours, 'a token in it is damaged'],
  ])('%s', async (_, content, words) => {
    writeFileSync(file, content, { mode: 0o600 })
    await expectSetAside(words, content)
  })

  test.skipIf(isWindows).each([0o640, 0o604, 0o602, 0o700])('with the mode %o', async (mode) => {
    await store.save([token('a')])
    const content = readFileSync(file, 'utf8')
    chmodSync(file, mode)
    await expectSetAside('others can read or change it', content)
  })

  test.skipIf(!isRoot)('that belongs to another user (skipped unless root)', async () => {
    await store.save([token('a')])
    const content = readFileSync(file, 'utf8')
    chownSync(file, another, another)
    await expectSetAside('it belongs to another user', content)
  })

  test.skipIf(isWindows)('that is a link, whose target stays as it is', async () => {
    const target = join(folder, 'target')
    writeFileSync(target, 'precious', { mode: 0o600 })
    symlinkSync(target, file)
    expect(await messageOf(store.load())).toContain(file)
    await store.save([token('a')])
    expect(readFileSync(target, 'utf8')).toBe('precious')
    expect(lstatSync(`${file}.damaged`).isSymbolicLink()).toBe(true)
  })

  test('without taking the place of what was set aside before', async () => {
    for (const content of ['first', 'second', 'third']) {
      writeFileSync(file, content, { mode: 0o600 })
      store = fileTokenStore({ file, scope })
      await messageOf(store.load())
      await store.save([])
    }
    const contents = ['', '-2', '-3'].map((end) => readFileSync(`${file}.damaged${end}`, 'utf8'))
    expect(contents).toEqual(['first', 'second', 'third'])
  })

  test('and no message shows what is in it', async () => {
    writeFileSync(file, `{"kind": "${plantedSecret}", x`, { mode: 0o600 })
    expect(await messageOf(store.load())).not.toContain(plantedSecret)
  })

  test.skipIf(isWindows)('nor is a folder that others can change', async () => {
    await store.save([token('a')])
    chmodSync(folder, 0o777)
    const words = `token store ${file}: its folder is none that only its user can change`
    expect(await messageOf(fileTokenStore({ file, scope }).load())).toBe(words)
    expect(await messageOf(store.save([]))).toBe(words)
  })
})

describe('a process that is killed while it saves', () => {
  test('leaves the file whole, whenever that is', { timeout: 60_000 }, async () => {
    const writer = fileURLToPath(new URL('token-file-writer.ts', import.meta.url))
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [writer, file, scope], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const closed = once(child, 'close')
      await once(child.stdout, 'data')
      // Somewhere in the hundreds of saves that follow: each line is a save that is done.
      for (let line = 0; line < round; line++) await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await closed
      const loaded = await fileTokenStore({ file, scope }).load()
      expect(new Set(loaded.map(({ audiences }) => audiences[0])).size).toBe(1)
      expect(loaded.length).toBeGreaterThan(0)
    }
  })

  test('leaves a file behind that the next one removes, when it is old enough', async () => {
    await store.save([token('a')])
    const [old, young, foreign] = ['tokens.json.0a.tmp', 'tokens.json.0b.tmp', 'other.0c.tmp'].map(
      (name) => join(folder, name),
    )
    for (const path of [old, young, foreign]) writeFileSync(path ?? '', 'half', { mode: 0o600 })
    utimesSync(old ?? '', 1000, 1000)
    utimesSync(foreign ?? '', 1000, 1000)
    await fileTokenStore({ file, scope }).load()
    expect(readdirSync(folder).toSorted()).toEqual([
      'other.0c.tmp',
      'tokens.json',
      'tokens.json.0b.tmp',
    ])
  })
})
