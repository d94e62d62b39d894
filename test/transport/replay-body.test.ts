import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import { describe, expect, test } from 'vitest'

import {
  isStreamBody,
  isValueBody,
  ReplayBody,
  type BodyChunk,
} from '../../src/transport/replay-body.ts'
import { ReplayBudget } from '../../src/transport/replay-budget.ts'

const read = async (chunks: AsyncIterable<BodyChunk>): Promise<string> =>
  await text(Readable.from(chunks))

async function* count(to: number, onEnd?: () => void): AsyncGenerator<string> {
  try {
    for (let number = 1; number <= to; number++) {
      await Promise.resolve()
      yield `${number} `
    }
  } finally {
    onEnd?.()
  }
}

describe('ReplayBody', () => {
  test('gives every attempt the whole body', async () => {
    const body = new ReplayBody(count(3), new ReplayBudget(100, 100))
    expect(await read(body.attempt())).toBe('1 2 3 ')
    expect(body.canReplay()).toBe(true)
    expect(await read(body.attempt())).toBe('1 2 3 ')
  })

  test('goes on with the source where the attempt before it stopped', async () => {
    const body = new ReplayBody(count(3), new ReplayBudget(100, 100))
    const first = body.attempt()
    expect((await first.next()).value).toBe('1 ')
    await first.return()
    expect(await read(body.attempt())).toBe('1 2 3 ')
  })

  test('loses nothing that an attempt was waiting for when it was given up', async () => {
    const gate = Promise.withResolvers<string>()
    async function* slow(): AsyncGenerator<string> {
      yield 'a'
      yield await gate.promise
    }
    const body = new ReplayBody(slow(), new ReplayBudget(100, 100))
    const first = body.attempt()
    await first.next()
    const pending = first.next()
    const second = read(body.attempt())
    gate.resolve('b')
    expect(await second).toBe('ab')
    expect((await pending).done).toBe(true)
  })

  test('ends an attempt that another has taken the place of, and lets it lose nothing', async () => {
    const body = new ReplayBody(count(9), new ReplayBudget(6, 100))
    const first = body.attempt()
    for (let step = 0; step < 3; step++) await first.next()
    const second = body.attempt()
    expect((await second.next()).value).toBe('1 ')
    expect((await first.next()).done).toBe(true)
    expect(await read(second)).toBe('2 3 4 5 6 7 8 9 ')
  })

  test('fails rather than skip what it has let go of', async () => {
    const body = new ReplayBody(count(5), new ReplayBudget(4, 100))
    const first = body.attempt()
    for (let step = 0; step < 4; step++) await first.next()
    expect(body.canReplay()).toBe(false)
    await expect(read(body.attempt())).rejects.toThrow('the body can be sent only once')
  })

  test('fails the running attempt when it is closed, so that half is not taken for whole', async () => {
    const body = new ReplayBody(count(5), new ReplayBudget(100, 100))
    const attempt = body.attempt()
    await attempt.next()
    body.close()
    await expect(attempt.next()).rejects.toThrow('the request is over')
  })

  test('goes on without a recording when it is finished, and ends the source with its reader', async () => {
    let ended = 0
    const body = new ReplayBody(
      count(5, () => ended++),
      new ReplayBudget(100, 100),
    )
    const attempt = body.attempt()
    await attempt.next()
    body.finish()
    expect([body.canReplay(), (await attempt.next()).value]).toEqual([false, '2 '])
    await attempt.return()
    await Promise.resolve()
    expect(ended).toBe(1)
  })

  test('does not touch a web stream before it is read', () => {
    const stream = new ReadableStream()
    const body = new ReplayBody(stream, new ReplayBudget(100, 100))
    expect(stream.locked).toBe(false)
    body.close()
  })

  test('stops recording beyond its limit, and the running attempt gets all of it', async () => {
    const body = new ReplayBody(count(5), new ReplayBudget(4, 100))
    expect(await read(body.attempt())).toBe('1 2 3 4 5 ')
    expect(body.canReplay()).toBe(false)
  })

  test('stops recording when all bodies together reach the limit, and gives back what it took', async () => {
    const budget = new ReplayBudget(100, 6)
    const first = new ReplayBody(count(2), budget)
    await read(first.attempt())
    const second = new ReplayBody(count(2), budget)
    await read(second.attempt())
    expect([first.canReplay(), second.canReplay()]).toEqual([true, false])
    first.close()
    second.close()
    expect(budget.take(6)).toBe(true)
    expect(budget.take(1)).toBe(false)
  })

  test('ends the source when it is closed before its end, once', async () => {
    let ended = 0
    const body = new ReplayBody(
      count(3, () => ended++),
      new ReplayBudget(100, 100),
    )
    await body.attempt().next()
    body.close()
    body.close()
    await Promise.resolve()
    expect(ended).toBe(1)
  })

  test('destroys a stream that nobody has read from', () => {
    const stream = Readable.from(['never'])
    new ReplayBody(stream, new ReplayBudget(100, 100)).close()
    expect(stream.destroyed).toBe(true)
  })

  test('passes the failure of the source on', async () => {
    async function* failing(): AsyncGenerator<string> {
      yield 'a'
      await Promise.reject(new Error('disk full'))
    }
    const body = new ReplayBody(failing(), new ReplayBudget(100, 100))
    await expect(read(body.attempt())).rejects.toThrow('disk full')
  })

  test('takes a synchronous iterable', async () => {
    const body = new ReplayBody(['a', Buffer.from('b')], new ReplayBudget(100, 100))
    expect(await read(body.attempt())).toBe('ab')
    body.close()
  })
})

describe('the kinds of body', () => {
  test.each([
    ['null', null],
    ['nothing', undefined],
    ['a string', 'x'],
    ['bytes', new Uint8Array(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a Blob', new Blob(['x'])],
    ['a FormData', new FormData()],
  ])('%s is a value', (_name, body) => {
    expect(isValueBody(body)).toBe(true)
  })

  test.each([
    ['a stream', Readable.from(['x'])],
    ['a generator', count(1)],
    ['a web stream', new ReadableStream()],
    ['a list', ['x']],
  ])('%s is a stream', (_name, body) => {
    expect([isValueBody(body), isStreamBody(body)]).toEqual([false, true])
  })

  test('a number is neither', () => {
    expect([isValueBody(1), isStreamBody(1)]).toEqual([false, false])
  })
})
