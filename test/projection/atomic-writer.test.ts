import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import { AtomicWriter, type AtomicWriterOptions } from '../../src/projection/atomic-writer.ts'
import type { Payload } from '../../src/projection/payload.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { hiddenNames, treeOf } from './directory-tree.ts'

const root = temporaryFolder()
let count = 0

function newDirectory(): string {
  const directory = join(root, String(count++))
  mkdirSync(directory)
  return directory
}

function payload(files: Readonly<Record<string, string>>, mode = 0o644): Payload {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]),
  )
}

/** A writer that removes the files before at once. */
function writerTo(directory: string, options: AtomicWriterOptions = {}): AtomicWriter {
  return new AtomicWriter(directory, { durable: false, lingerMs: 0, ...options })
}

describe('what stands in the directory', () => {
  test('files are in a timestamped folder, and visible through links', async () => {
    const directory = newDirectory()
    const clock = createFakeClock(Date.UTC(2030, 1, 3, 4, 5, 6, 789))
    const { changed, folder } = await writerTo(directory, { clock }).write(
      new Map([
        ['token', { data: Buffer.from('t1'), mode: 0o600 }],
        ['pod/deep/labels', { data: Buffer.from('a="b"'), mode: 0o444 }],
      ]),
    )
    expect(changed).toBe(true)
    expect(folder).toMatch(/^\.\.2030_02_03_04_05_06\.\d+$/u)
    expect(treeOf(directory)).toEqual({
      '..now': '0755/',
      '..now/pod': '0755/',
      '..now/pod/deep': '0755/',
      '..now/pod/deep/labels': '0444 a="b"',
      '..now/token': '0600 t1',
      '..data': '-> ..now',
      pod: '-> ..data/pod',
      token: '-> ..data/token',
    })
  })

  test('other files take the place of those before, with their links', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    const first = await writer.write(payload({ token: 't1', 'pod/labels': '', gone: 'x' }))
    const second = await writer.write(payload({ token: 't2', 'pod/annotations': '', come: 'y' }))
    expect(second).toMatchObject({ changed: true, leftovers: [] })
    expect(second.folder).not.toBe(first.folder)
    expect(treeOf(directory)).toEqual({
      '..now': '0755/',
      '..now/come': '0644 y',
      '..now/pod': '0755/',
      '..now/pod/annotations': '0644 ',
      '..now/token': '0644 t2',
      '..data': '-> ..now',
      come: '-> ..data/come',
      pod: '-> ..data/pod',
      token: '-> ..data/token',
    })
  })

  test('no files leave nothing that is visible', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    await writer.write(payload({ token: 't1' }))
    await writer.write(new Map())
    expect(treeOf(directory)).toEqual({ '..now': '0755/', '..data': '-> ..now' })
  })

  test('durable writes come to the same', async () => {
    difference('projection-durable')
    const directory = newDirectory()
    const writer = new AtomicWriter(directory, { lingerMs: 0 })
    await writer.write(payload({ token: 't1', 'a/b': 'c' }))
    await writer.write(payload({ token: 't2', 'a/b': 'c' }))
    expect(treeOf(directory)).toMatchObject({ '..now/token': '0644 t2', '..now/a/b': '0644 c' })
    expect(hiddenNames(directory)).toHaveLength(1)
  })

  test('files of others stay', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'README'), 'mine')
    symlinkSync('README', join(directory, 'link'))
    const writer = writerTo(directory)
    await writer.write(payload({ token: 't1' }))
    await writer.write(payload({ other: 't1' }))
    expect(treeOf(directory)).toMatchObject({
      README: expect.stringMatching(/ mine$/u),
      link: '-> README',
    })
  })
})

describe('modes', () => {
  let restore = (): void => {}
  afterEach(() => restore())

  test.each([0o000, 0o022, 0o077, 0o777])('hold whatever the umask (%o)', async (umask) => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    const before = process.umask(umask)
    restore = () => void process.umask(before)
    for (const mode of [0o000, 0o400, 0o600, 0o644, 0o777]) {
      await writer.write(payload({ token: `mode ${mode}`, 'a/b': '' }, mode))
      const path = join(directory, readlinkSync(join(directory, '..data')))
      expect(lstatSync(path).mode & 0o7777).toBe(0o755)
      expect(lstatSync(join(path, 'a')).mode & 0o7777).toBe(0o755)
      expect(lstatSync(join(path, 'token')).mode & 0o7777).toBe(mode)
    }
  })

  test.runIf(process.getuid?.() === 0)('files get owner and group', async () => {
    const directory = newDirectory()
    const file = { data: Buffer.from('x'), mode: 0o640, uid: 1234, gid: 5678 }
    await writerTo(directory).write(new Map([['token', file]]))
    const { uid, gid, mode } = lstatSync(join(directory, '..data', 'token'))
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 1234, gid: 5678, mode: 0o640 })
  })
})

describe('equal content', () => {
  test('is not written again, by another writer neither', async () => {
    const directory = newDirectory()
    const files = payload({ token: 't1', 'a/b/c': 'd' })
    const { folder } = await writerTo(directory).write(files)
    const tree = lstatSync(join(directory, folder, 'token')).ino
    expect(await writerTo(directory).write(files)).toEqual({
      changed: false,
      folder,
      leftovers: [],
    })
    expect(lstatSync(join(directory, folder, 'token')).ino).toBe(tree)
    expect(hiddenNames(directory)).toEqual([folder])
  })

  test.each<[string, (directory: string) => void]>([
    ['a byte', (at) => writeFileSync(join(at, '..data/token'), 'T1')],
    ['the mode', (at) => chmodSync(join(at, '..data/token'), 0o666)],
    ['a file more', (at) => writeFileSync(join(at, '..data/more'), '')],
    ['a folder more', (at) => mkdirSync(join(at, '..data/a/more'))],
    ['a file less', (at) => rmSync(join(at, '..data/a/b'))],
    [
      'a folder for a file',
      (at) => {
        rmSync(join(at, '..data/token'))
        mkdirSync(join(at, '..data/token'))
      },
    ],
    [
      'a link for a file',
      (at) => {
        rmSync(join(at, '..data/a/b'))
        symlinkSync('../token', join(at, '..data/a/b'))
      },
    ],
    ['no folder', (at) => rmSync(join(at, readlinkSync(join(at, '..data'))), { recursive: true })],
  ])('is written anew when it differs in %s', async (_, change) => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    await writer.write(payload({ token: 't1', 'a/b': 'c' }))
    const whole = treeOf(directory)
    change(directory)
    expect(await writer.write(payload({ token: 't1', 'a/b': 'c' }))).toMatchObject({
      changed: true,
    })
    expect(treeOf(directory)).toEqual(whole)
  })

  test('gets its links back', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    await writer.write(payload({ token: 't1' }))
    rmSync(join(directory, 'token'))
    symlinkSync('..data/old', join(directory, 'old'))
    expect(await writer.write(payload({ token: 't1' }))).toMatchObject({ changed: false })
    expect(readdirSync(directory)).toContain('token')
    expect(readdirSync(directory)).not.toContain('old')
  })
})

describe('the files before', () => {
  test('stay for a while, and leave with a later write that changes nothing', async () => {
    difference('projection-linger')
    const directory = newDirectory()
    const clock = createFakeClock()
    const writer = writerTo(directory, { clock, lingerMs: 1000 })
    const first = await writer.write(payload({ token: 't1' }))
    const second = await writer.write(payload({ token: 't2' }))
    expect(readFileSync(join(directory, first.folder, 'token'), 'utf8')).toBe('t1')
    clock.advance(999)
    await writer.write(payload({ token: 't2' }))
    expect(hiddenNames(directory)).toHaveLength(2)
    clock.advance(1)
    expect(await writer.write(payload({ token: 't2' }))).toEqual({ ...second, changed: false })
    expect(hiddenNames(directory)).toEqual([second.folder])
  })

  test('leave when the writer is closed, no sooner', async () => {
    const directory = newDirectory()
    const clock = createFakeClock()
    const writer = writerTo(directory, { clock, lingerMs: 1000 })
    await writer.write(payload({ token: 't1' }))
    const { folder } = await writer.write(payload({ token: 't2' }))
    const closing = writer.close()
    await expect.poll(() => clock.heldTimers).toBe(1)
    expect(hiddenNames(directory)).toHaveLength(2)
    clock.advance(1000)
    await closing
    await writer[Symbol.asyncDispose]()
    expect(hiddenNames(directory)).toEqual([folder])
    expect(readFileSync(join(directory, 'token'), 'utf8')).toBe('t2')
  })

  test('that another process has replaced leave, too', async () => {
    const directory = newDirectory()
    const [one, other] = [writerTo(directory), writerTo(directory)]
    await one.write(payload({ token: 't1' }))
    await other.write(payload({ token: 't2' }))
    await one.write(payload({ token: 't3' }))
    const { folder } = await other.write(payload({ token: 't4' }))
    expect(hiddenNames(directory)).toEqual([folder])
  })

  test('a closed writer writes nothing', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    await writer.close()
    await expect(writer.write(payload({ token: 't1' }))).rejects.toMatchObject({
      code: 'ERR_CLOSED',
    })
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('what a killed process has left', () => {
  test('is removed by the next write, and told', async () => {
    difference('projection-heals')
    const directory = newDirectory()
    const [gone, unfinished] = [
      '..2026_01_02_03_04_05.123456789',
      '..2026_01_02_03_04_06.123456700',
    ]
    for (const each of [gone, unfinished]) {
      mkdirSync(join(directory, each))
      writeFileSync(join(directory, each, 'token'), 'old')
    }
    symlinkSync(unfinished, join(directory, '..data_tmp'))
    symlinkSync(unfinished, join(directory, '..data_tmp.123456700'))
    const { folder, leftovers } = await writerTo(directory).write(payload({ token: 't1' }))
    expect([...leftovers].toSorted()).toEqual([
      gone,
      unfinished,
      '..data_tmp',
      '..data_tmp.123456700',
    ])
    expect(hiddenNames(directory)).toEqual([folder])
  })

  test('stays while another process may be busy with it', async () => {
    const directory = newDirectory()
    const clock = createFakeClock(Date.UTC(2030, 0, 2, 3, 4, 6))
    const busy = `..2030_01_02_03_04_05.${process.ppid}12300`
    mkdirSync(join(directory, busy))
    const writer = writerTo(directory, { clock })
    expect(await writer.write(payload({ token: 't1' }))).toMatchObject({ leftovers: [] })
    clock.advance(600_000)
    expect(await writer.write(payload({ token: 't1' }))).toMatchObject({ leftovers: [busy] })
  })
})

describe('a write', () => {
  test('waits for the one before, and takes the payload as it was', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    const data = Buffer.from('t00')
    const files = new Map([['token', { data, mode: 0o600 }]])
    const results = []
    for (let index = 10; index < 30; index++) {
      data.write(String(index), 1)
      results.push(writer.write(files))
    }
    data.fill('x')
    expect(new Set((await Promise.all(results)).map(({ folder }) => folder)).size).toBe(20)
    expect(readFileSync(join(directory, 'token'), 'utf8')).toBe('t29')
    expect(hiddenNames(directory)).toHaveLength(1)
  })

  test('goes on after one that failed', async () => {
    const directory = newDirectory()
    const writer = writerTo(directory)
    await writer.write(payload({ token: 't1' }))
    renameSync(directory, `${directory}.away`)
    const failing = writer.write(payload({ token: 't2' }))
    await expect(failing).rejects.toMatchObject({ code: 'ERR_PROJECTION_DIRECTORY' })
    renameSync(`${directory}.away`, directory)
    await writer.write(payload({ token: 't3' }))
    expect(readFileSync(join(directory, 'token'), 'utf8')).toBe('t3')
  })
})

describe('a directory that will not do', () => {
  test('is named, with what the system says and what to do', async () => {
    const directory = join(root, 'nowhere')
    await expect(writerTo(directory).write(payload({ token: '' }))).rejects.toMatchObject({
      code: 'ERR_PROJECTION_DIRECTORY',
      message: `cannot write to ${directory}: scandir ${directory}: no such file or directory`,
      hint: 'create the directory first',
      details: { file: directory },
    })
  })

  test('is a file', async () => {
    const file = join(newDirectory(), 'file')
    writeFileSync(file, '')
    const writing = writerTo(file).write(payload({ token: '' }))
    await expect(writing).rejects.toMatchObject({
      hint: 'it, or something on the way to it, is a file: name a directory',
    })
  })

  test.each([
    ['token', 'no link to ..data'],
    ['..data', 'no link'],
  ])('has something else called %s, which stays', async (name, what) => {
    difference('projection-strangers')
    const directory = newDirectory()
    writeFileSync(join(directory, name), 'mine')
    const writing = writerTo(directory).write(payload({ token: 't1', other: '' }))
    await expect(writing).rejects.toMatchObject({
      code: 'ERR_PROJECTION_DIRECTORY',
      message: `cannot write to ${directory}: "${name}" is there, and ${what}`,
      details: { file: join(directory, name) },
    })
    expect(readdirSync(directory)).toEqual([name])
    expect(readFileSync(join(directory, name), 'utf8')).toBe('mine')
  })

  test('has a ..data that leads elsewhere, where nothing is read or removed', async () => {
    const [directory, elsewhere] = [newDirectory(), newDirectory()]
    writeFileSync(join(elsewhere, 'token'), 't1')
    symlinkSync(elsewhere, join(directory, '..data'))
    expect(await writerTo(directory).write(payload({ token: 't1' }))).toMatchObject({
      changed: true,
    })
    expect(readFileSync(join(elsewhere, 'token'), 'utf8')).toBe('t1')
    expect(treeOf(directory)).toMatchObject({ '..data': '-> ..now', '..now/token': '0644 t1' })
  })

  test('needs a name, and a time that can pass', () => {
    expect(() => new AtomicWriter('')).toThrow('"directory" must be a text that is not empty')
    expect(() => new AtomicWriter('/x\0')).toThrow('"directory" must not contain U+0000')
    expect(() => new AtomicWriter('/x', { lingerMs: -1 })).toThrow(
      '"lingerMs" must not be negative',
    )
  })
})
