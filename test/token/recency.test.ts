import fc from 'fast-check'
import { expect, test } from 'vitest'

import { outside, Recency, type Recent } from '../../src/token/recency.ts'

class Thing implements Recent<Thing> {
  older: Thing | undefined = undefined
  newer: Thing | undefined = undefined
  round: number = outside
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

function things(...names: readonly string[]): Thing[] {
  return names.map((name) => new Thing(name))
}

function filled(items: readonly Thing[]): Recency<Thing> {
  const recency = new Recency<Thing>()
  for (const item of items) recency.touch(item)
  return recency
}

/** All of them in their order, which takes them out. */
function drained(recency: Recency<Thing>): string {
  const names: string[] = []
  for (let { oldest } = recency; oldest !== undefined; { oldest } = recency) {
    names.push(oldest.name)
    recency.remove(oldest)
  }
  return names.join('')
}

test('the order is that of use', () => {
  const items = things('a', 'b', 'c', 'd')
  const [a, b] = items
  const recency = filled(items)
  if (b !== undefined) recency.touch(b)
  if (a !== undefined) recency.touch(a)
  expect(drained(recency)).toBe('cdba')
})

test('what is taken out is in here no more, also twice, and may come back', () => {
  const items = things('a', 'b', 'c')
  const recency = filled(items)
  const [, b] = items
  if (b === undefined) throw new Error('there are three')
  recency.remove(b)
  recency.remove(b)
  recency.touch(b)
  expect(drained(recency)).toBe('acb')
})

test('a walk meets each one that stays, whatever comes, goes and is used meanwhile', () => {
  const items = things('a', 'b', 'c', 'd', 'e')
  const recency = filled(items)
  const [a, b, c] = items
  if (a === undefined || b === undefined || c === undefined) throw new Error('there are five')
  recency.restart()
  const met = [recency.next()?.name]
  recency.remove(b)
  recency.touch(c)
  recency.touch(new Thing('f'))
  for (let item = recency.next(); item !== undefined; item = recency.next()) met.push(item.name)
  expect(met).toEqual(['a', 'd', 'e', 'c', 'f'])
  recency.restart()
  expect(recency.next()).toBe(a)
})

test('one that is used again and again moves once a round', () => {
  const items = Array.from({ length: 100 }, (_, index) => new Thing(`${index} `))
  const recency = filled(items)
  const [first] = items
  if (first === undefined) throw new Error('there are a hundred')
  recency.touch(first)
  const before = first.older
  for (const item of items) recency.touch(item)
  recency.touch(first)
  expect(first.older).toBe(before)
})

test('no one is the oldest that was used when others had not been for a round', () => {
  const step = fc.record({ kind: fc.constantFrom('new', 'use', 'use', 'remove'), pick: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const recency = new Recency<Thing>()
      // For each that is in there, how many had come in when it was used last.
      const used = new Map<Thing, number>()
      let came = 0
      for (const { kind, pick } of steps) {
        const items = [...used.keys()]
        const item = kind === 'new' ? new Thing('') : items[pick % Math.max(items.length, 1)]
        if (item === undefined) continue
        if (kind === 'new') came += 1
        if (kind === 'remove') {
          recency.remove(item)
          used.delete(item)
        } else {
          recency.touch(item)
          used.set(item, came)
        }
        const { oldest } = recency
        expect(oldest === undefined).toBe(used.size === 0)
        if (oldest === undefined) continue
        const longest = Math.min(...used.values())
        expect((used.get(oldest) ?? Infinity) - longest).toBeLessThanOrEqual(came / 8 + 1)
      }
    }),
  )
})
