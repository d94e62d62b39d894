import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { HpackEncoder } from '../../src/hpack/encoder.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { steps, tableSize, type Step } from '../hpack/lists.ts'
import { Oracle } from './ask.ts'
import { listInBase64, ourLists, partingOf, theirLists } from './compare-hpack.ts'
import { runs } from './runs.ts'

function ourBlocks(sent: readonly Step[]): Buffer[] {
  const encoder = new HpackEncoder()
  return sent.map(({ sizes, list }) => {
    for (const size of sizes) encoder.setMaxTableSize(size)
    return encoder.encode(list)
  })
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Bytes that say something of their own wherever they are put. */
const said = fc
  .oneof(
    fc.constantFrom(
      ...['20', '3fe11f', '2a', '3fe21f', '82', 'be', 'bf', 'c0', '80', 'ff', 'ff00'],
    ),
    fc.constantFrom(
      ...['ff80', '3f80', '7f', '40', '00', '10', '0f', '1f', 'ff8080808000', '0001610162'],
    ),
    fc.constantFrom(
      ...['ff808080808000', '4001610162', '8118', '81ff', '84ffffffff', '821fff', '0000'],
    ),
  )
  .map(hex)

interface Change {
  /** Which of the blocks, and which of its places: any number, counted round. */
  readonly block: number
  readonly at: number
  readonly drop: number
  readonly put: Uint8Array
}

const change: fc.Arbitrary<Change> = fc.record({
  block: fc.nat(),
  at: fc.nat(),
  drop: fc.nat(3),
  put: fc.oneof(said, fc.constant(Buffer.alloc(0)), fc.uint8Array({ maxLength: 3 })),
})

function changed(blocks: readonly Uint8Array[], { block, at, drop, put }: Change): Uint8Array[] {
  return blocks.map((bytes, index) => {
    if (index !== block % blocks.length) return bytes
    const place = at % (bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + drop)])
  })
}

describe.skipIf(!hasOracle())(besideClientGo('beside the HPACK of Go'), () => {
  const oracle = new Oracle()

  async function theirBlocks(
    sent: readonly Step[],
    limit = 4096,
    sensitive = false,
  ): Promise<Buffer[]> {
    const asked = sent.map(({ sizes, list }) => ({ sizes, list: listInBase64(list), sensitive }))
    const { value, panic } = await oracle.ask({ hpackEncode: { limit, steps: asked } })
    if (panic !== undefined) throw new Error(panic)
    // The oracle's hpack.go gives these.
    return (value as string[]).map((block) => Buffer.from(block, 'base64'))
  }

  test('what Go encodes is decoded to the same lists, whatever becomes of the table', async () => {
    await fc.assert(
      fc.asyncProperty(steps, tableSize, fc.boolean(), async (sent, limit, sensitive) => {
        const blocks = await theirBlocks(sent, limit, sensitive)
        expect(ourLists(blocks, limit)).toEqual({ lists: sent.map(({ list }) => list) })
      }),
      runs(1500),
    )
  })

  test('what is encoded Go decodes to the same lists, however the table may change', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sent) => {
        const lists = sent.map(({ list }) => list)
        expect(await theirLists(oracle, ourBlocks(sent))).toEqual({ lists })
      }),
      runs(1500),
    )
  })

  test('what is damaged is decoded to the same lists, or refused, but for what is named', async () => {
    const changes = fc.array(change, { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), changes, async (sent, byGo, damage) => {
        const blocks = damage.reduce(changed, byGo ? await theirBlocks(sent) : ourBlocks(sent))
        const [ours, theirs] = [ourLists(blocks), await theirLists(oracle, blocks)]
        const most = Math.min(ours.lists.length, theirs.lists.length)
        expect(ours.lists.slice(0, most)).toEqual(theirs.lists.slice(0, most))
        if (partingOf(ours, theirs) !== undefined) return
        expect(ours.lists).toHaveLength(theirs.lists.length)
        expect(ours.refused === undefined).toBe(theirs.refused === undefined)
      }),
      runs(6000),
    )
  })

  test('each index of the static table leads to the same field', async () => {
    const blocks = Array.from({ length: 62 }, (_, place) => Buffer.of(0x80 | (place + 1)))
    const { lists, refused } = await theirLists(oracle, blocks)
    expect(lists).toHaveLength(61)
    expect(refused).toContain('invalid indexed representation index 62')
    expect(ourLists(blocks)).toEqual({ lists, refused: 'an index leads nowhere' })
  })

  test.each([
    ['long integer', ['3f 80 80 80 80 80 00']],
    ['late size', ['82 20']],
    ['second size', ['40 0161 0162', '3fe10f 3fe11f 82']],
  ])('they part on purpose: %s', async (parting, texts) => {
    const blocks = texts.map(hex)
    expect(partingOf(ourLists(blocks), await theirLists(oracle, blocks))).toBe(parting)
  })
})
