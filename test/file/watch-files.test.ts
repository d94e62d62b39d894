import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Clock } from '../../src/credential/clock.ts'
import { watchFiles, type FileWatch } from '../../src/file/watch-files.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const root = temporaryFolder()
const settleMs = 100
const lookMs = 10_000

let folder: string
let count = 0
const open: FileWatch[] = []

beforeEach(() => {
  folder = join(root, `test-${count++}`)
  mkdirSync(folder)
})

afterEach(() => {
  for (const watch of open.splice(0)) watch.close()
})

/** A watch under a clock that stands still, so that every call is one that the test lets happen. */
class WatchWorld {
  readonly told: (readonly string[])[] = []
  readonly watch: FileWatch
  readonly #clock: FakeClock = createFakeClock()
  readonly #delays: number[] = []

  private constructor(files: readonly string[]) {
    const clock: Clock = {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      after: (ms, then) => {
        this.#delays.push(ms)
        return this.#clock.after(ms, then)
      },
    }
    this.watch = watchFiles(files, { clock, changed: (changed) => this.told.push(changed) })
    open.push(this.watch)
  }

  static async start(...files: readonly string[]): Promise<WatchWorld> {
    const world = new WatchWorld(files)
    await until(() => world.#delays.at(-1) === lookMs)
    return world
  }

  get pendingTimers(): number {
    return this.#clock.pendingTimers
  }

  /** Waits until the system has told of something. */
  async event(): Promise<void> {
    const settles = (): number => this.#delays.filter((ms) => ms === settleMs).length
    const before = settles()
    await until(() => settles() > before)
  }

  /** Waits until the system has told of something, and lets it settle; what was told then. */
  async afterEvent(): Promise<readonly (readonly string[])[]> {
    await this.event()
    return await this.pass(settleMs)
  }

  /** Lets the time of a look come; what was told then. */
  async afterLook(): Promise<readonly (readonly string[])[]> {
    return await this.pass(lookMs)
  }

  async pass(ms: number): Promise<readonly (readonly string[])[]> {
    const before = this.#delays.length
    this.advance(ms)
    await until(() => {
      // What the system told of late has to settle, too.
      if (this.#delays.length > before && this.#delays.at(-1) === settleMs) this.advance(settleMs)
      return this.#delays.length > before && this.#delays.at(-1) === lookMs
    })
    return this.told.splice(0)
  }

  advance(ms: number): void {
    this.#clock.advance(ms)
  }

  setBack(ms: number): void {
    this.#clock.set(this.#clock.now() - ms)
  }
}

describe('it is told that a file', () => {
  test('was written in place', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    writeFileSync(file, 'two')
    expect(await world.afterEvent()).toEqual([[file]])
    writeFileSync(file, 'three')
    expect(await world.afterEvent()).toEqual([[file]])
  })

  test('was replaced by another that was renamed to it, again and again', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    for (let round = 0; round < 3; round++) {
      writeFileSync(`${file}.new`, 'two')
      renameSync(`${file}.new`, file)
      expect(await world.afterEvent()).toEqual([[file]])
    }
  })

  test('is another because the folder behind a link is, as Kubernetes does it', async () => {
    const publish = (name: string, text: string): void => {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'file'), text)
      symlinkSync(name, join(folder, '..data_tmp'))
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    }
    publish('..1', 'one')
    symlinkSync(join('..data', 'file'), join(folder, 'file'))
    const world = await WatchWorld.start(join(folder, 'file'))
    for (const [name, old] of [
      ['..2', '..1'],
      ['..3', '..2'],
    ] as const) {
      publish(name, `text of ${name}`)
      rmSync(join(folder, old), { recursive: true })
      expect(await world.afterEvent()).toEqual([[join(folder, 'file')]])
    }
  })

  test('was edited behind a link to another folder', async () => {
    const [target, link] = [join(folder, 'target'), join(folder, 'here', 'link')]
    mkdirSync(join(folder, 'here'))
    writeFileSync(target, 'one')
    symlinkSync(target, link)
    const world = await WatchWorld.start(link)
    writeFileSync(target, 'two')
    expect(await world.afterEvent()).toEqual([[link]])
  })

  test('is another because its link leads elsewhere, and was edited there', async () => {
    const [one, other, link] = ['one', 'other', 'here'].map((name) => {
      mkdirSync(join(folder, name))
      return join(folder, name, 'file')
    }) as [string, string, string]
    writeFileSync(one, 'one')
    writeFileSync(other, 'other')
    symlinkSync(one, link)
    const world = await WatchWorld.start(link)
    symlinkSync(other, `${link}.new`)
    renameSync(`${link}.new`, link)
    expect(await world.afterEvent()).toEqual([[link]])
    writeFileSync(other, 'edited')
    expect(await world.afterEvent()).toEqual([[link]])
  })

  test('is another because a folder on its way is a link that leads elsewhere', async () => {
    for (const name of ['rel1', 'rel2']) {
      mkdirSync(join(folder, name, 'conf'), { recursive: true })
      writeFileSync(join(folder, name, 'conf', 'file'), name)
    }
    symlinkSync('rel1', join(folder, 'current'))
    const file = join(folder, 'current', 'conf', 'file')
    const world = await WatchWorld.start(file)
    for (const next of ['rel2', 'rel1']) {
      symlinkSync(next, join(folder, 'current.new'))
      renameSync(join(folder, 'current.new'), join(folder, 'current'))
      expect(await world.afterEvent()).toEqual([[file]])
    }
  })

  test('is another because its link leads to a link that leads elsewhere', async () => {
    for (const name of ['here', 'there']) mkdirSync(join(folder, name))
    const [one, other, middle, link] = ['one', 'other', 'there/middle', 'here/link'].map((name) =>
      join(folder, ...name.split('/')),
    ) as [string, string, string, string]
    writeFileSync(one, 'one')
    writeFileSync(other, 'other')
    symlinkSync(one, middle)
    symlinkSync(middle, link)
    const world = await WatchWorld.start(link)
    symlinkSync(other, `${middle}.new`)
    renameSync(`${middle}.new`, middle)
    expect(await world.afterEvent()).toEqual([[link]])
  })

  test('was made behind a link that leads nowhere yet, nor do links that lead in a circle hurt', async () => {
    const [target, link, circle] = ['target', 'link', 'circle'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    symlinkSync(target, link)
    symlinkSync(circle, circle)
    const world = await WatchWorld.start(link, join(circle, 'file'))
    writeFileSync(target, 'one')
    expect(await world.afterEvent()).toEqual([[link]])
  })

  test('was deleted, and made again', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    rmSync(file)
    expect(await world.afterEvent()).toEqual([[file]])
    writeFileSync(file, 'one')
    expect(await world.afterEvent()).toEqual([[file]])
  })

  test('was made that was not there', async () => {
    const file = join(folder, 'file')
    const world = await WatchWorld.start(file)
    writeFileSync(file, 'one')
    expect(await world.afterEvent()).toEqual([[file]])
  })

  test('was made in a folder that was not there, nor was the one above it', async () => {
    const file = join(folder, 'much', 'later', 'file')
    const world = await WatchWorld.start(file)
    mkdirSync(join(folder, 'much'))
    expect(await world.afterEvent()).toEqual([])
    mkdirSync(join(folder, 'much', 'later'))
    expect(await world.afterEvent()).toEqual([])
    writeFileSync(file, 'one')
    expect(await world.afterEvent()).toEqual([[file]])
    writeFileSync(file, 'two')
    expect(await world.afterEvent()).toEqual([[file]])
  })

  test('has gone with its folder, and come again with it', async () => {
    const file = join(folder, 'sub', 'file')
    mkdirSync(join(folder, 'sub'))
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    rmSync(join(folder, 'sub'), { recursive: true })
    expect(await world.afterEvent()).toEqual([[file]])
    mkdirSync(join(folder, 'sub'))
    writeFileSync(file, 'two')
    expect(await world.afterEvent()).toEqual([[file]])
    writeFileSync(file, 'three')
    expect(await world.afterEvent()).toEqual([[file]])
  })

  test('has changed together with others, in one call and in their order', async () => {
    const files = ['c', 'a', 'b', 'd'].map((name) => join(folder, name))
    for (const file of files) writeFileSync(file, 'one')
    const world = await WatchWorld.start(...files)
    const [c, a, , d] = files
    for (const file of [d, a, c]) writeFileSync(file ?? '', 'two')
    expect(await world.afterEvent()).toEqual([[c, a, d]])
  })

  test('has changed when all of it is written, not at every piece', async () => {
    const file = join(folder, 'file')
    const world = await WatchWorld.start(file)
    for (const text of ['o', 'on', 'one']) {
      writeFileSync(file, text)
      await world.event()
      world.advance(settleMs - 1)
    }
    expect(world.told).toEqual([])
    expect(await world.pass(settleMs)).toEqual([[file]])
  })

  test.each([
    ['has changed although its folder never comes to rest', 0],
    ['has changed in such a folder although the clock is set back an hour', 3_600_000],
  ])('%s', async (_what, setBackMs) => {
    const [file, other] = [join(folder, 'file'), join(folder, 'other')]
    const world = await WatchWorld.start(file)
    writeFileSync(file, 'one')
    await world.event()
    world.setBack(setBackMs)
    for (let passed = 0; passed < 2 * lookMs; passed += settleMs / 2) {
      writeFileSync(other, String(passed))
      // The system needs a moment to tell of it.
      await new Promise((resolve) => setTimeout(resolve, 2))
      world.advance(settleMs / 2)
    }
    expect(world.told).toEqual([[file]])
  })
})

describe('it is told nothing', () => {
  test('when files are read', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    for (let reads = 0; reads < 20; reads++) await readFile(file)
    expect(await world.afterLook()).toEqual([])
    expect(await world.afterLook()).toEqual([])
  })

  test('when something else in the folder changes', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    writeFileSync(`${file}.swp`, 'mine')
    expect(await world.afterEvent()).toEqual([])
    rmSync(`${file}.swp`)
    expect(await world.afterEvent()).toEqual([])
  })

  test('when there is nothing to watch', async () => {
    const world = await WatchWorld.start()
    expect(await world.afterLook()).toEqual([])
  })

  test('after it was closed, whenever that was', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const world = await WatchWorld.start(file)
    writeFileSync(file, 'two')
    await world.event()
    world.watch.close()
    expect(world.pendingTimers).toBe(0)
    world.advance(lookMs)
    // The files are being looked at when this one is closed.
    const other = await WatchWorld.start(file)
    writeFileSync(file, 'three')
    await other.event()
    other.advance(settleMs)
    other.watch.close()
    other.watch.close()
    // A look at a file is long over after this.
    await readFile(file)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([world.told, other.told, other.pendingTimers]).toEqual([[], [], 0])
  })
})

describe('it leaves nothing behind', () => {
  test.skipIf(process.platform !== 'linux')('of what it has asked the system for', async () => {
    const files = ['a', 'b', 'c'].map((name) => {
      mkdirSync(join(folder, name))
      return join(folder, name, 'file')
    })
    const before = systemWatches()
    const world = await WatchWorld.start(...files)
    expect(systemWatches() - before).toBe(3)
    world.watch.close()
    await until(() => systemWatches() === before)
    // Closed before it has begun.
    watchFiles(files, { clock: createFakeClock(), changed: () => undefined }).close()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(systemWatches()).toBe(before)
  })

  test('that keeps a process alive', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'one')
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    const [code] = (await once(child, 'close')) as [number | null]
    expect([code, out]).toEqual([0, 'changed\n'])
  })
})

/** How many folders the system watches for this process. */
function systemWatches(): number {
  const infos = readdirSync('/proc/self/fdinfo').map((descriptor) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
    } catch {
      // That of the reading itself.
      return ''
    }
  })
  return infos.join('\n').match(/^inotify wd:/gmu)?.length ?? 0
}

const source = (path: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)))

// It ends when nothing but the watch is left.
const program = `
import { writeFileSync } from 'node:fs'
import { watchFiles } from ${source('file/watch-files.ts')}
import { systemClock } from ${source('credential/clock.ts')}
const [file] = process.argv.slice(1)
let text = 'two'
const writing = setInterval(() => writeFileSync(file, (text += '.')), 300)
await new Promise((changed) => watchFiles([file], { clock: systemClock, changed }))
clearInterval(writing)
process.stdout.write('changed\\n')
`
