import { expect, test } from 'vitest'

import { AfterRenewal } from '../../src/cli/after-renewal.ts'

/** Lets so many steps of the microtask queue pass. */
async function steps(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await Promise.resolve()
}

test.each(Array.from({ length: 8 }, (_, after) => after))(
  'a change that comes %i steps after the last reaction has ended is not lost',
  async (after) => {
    let reactions = 0
    const afterRenewal = new AfterRenewal(
      [
        async () => {
          reactions++
          return undefined
        },
      ],
      () => undefined,
    )
    afterRenewal.changed()
    await steps(after)
    afterRenewal.changed()
    await steps(20)
    await afterRenewal.settled()
    expect(reactions).toBe(2)
  },
)

test('changes that come while a reaction goes on are one', async () => {
  let reactions = 0
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const afterRenewal = new AfterRenewal(
    [
      async () => {
        reactions++
        return await promise
      },
    ],
    () => undefined,
  )
  for (let count = 0; count < 5; count++) afterRenewal.changed()
  resolve(undefined)
  await afterRenewal.settled()
  expect(reactions).toBe(2)
})
