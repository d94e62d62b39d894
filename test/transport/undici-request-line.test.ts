import { expect, test } from 'vitest'

import { createFakeClock } from '../../src/doors/testing.ts'
import { RequestLine } from '../../src/transport/undici-request-line.ts'

const options = { path: '/', method: 'GET' } as const
const handler = { over: false }

test('a line that empties at a look, and is joined at the same one, is looked at once at a time', () => {
  const clock = createFakeClock()
  let looks = 0
  const line: RequestLine = new RequestLine({
    ...{ patienceMs: 1000, connections: 1, clock, crowded: () => true },
    looked: () => {
      looks++
      line.shift()
      line.stopLooking()
      line.push(options, handler)
    },
  })
  line.push(options, handler)
  for (let look = 0; look < 3; look++) clock.advance(20)
  expect(looks).toBe(3)
  expect(clock.heldTimers).toBe(1)
  line.fail(new Error('over'))
  line.stopLooking()
  expect(clock.heldTimers).toBe(0)
})
