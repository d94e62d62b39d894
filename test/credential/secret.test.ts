import { format, inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { Secret } from '../../src/credential/secret.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'

const secret = new Secret(plantedSecret)

describe('Secret', () => {
  test('reveals its value on request', () => {
    expect(secret.reveal() === plantedSecret).toBe(true)
  })

  test.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['toString', () => secret.toString()],
    ['joining', () => [secret].join(' ')],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect(secret)],
    ['inspect of an object', () => inspect({ deep: { secret } })],
    ['inspect of an array', () => inspect([secret])],
    ['inspect of a map', () => inspect(new Map([['token', secret]]))],
    ['inspect with hidden properties', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['inspect beyond its depth', () => inspect({ secret }, { depth: 0 })],
    ['inspect without custom functions', () => inspect(secret, { customInspect: false })],
    ['%s', () => format('%s', secret)],
    ['%o', () => format('%o', secret)],
    ['%O', () => format('%O', secret)],
    ['%j', () => format('%j', secret)],
    ['the properties', () => Object.entries(secret).join()],
    ['a clone', () => inspect(structuredClone(secret))],
    ['an error that has it', () => inspect(Object.assign(new Error('no'), { secret }))],
  ])('shows nothing through %s', (_, show) => {
    expect(show().includes(plantedSecret)).toBe(false)
  })

  test('says that there is something which it does not show', () => {
    expect(`${String(secret)} ${JSON.stringify({ secret })} ${inspect([secret])}`).toBe(
      '[redacted] {"secret":"[redacted]"} [ [redacted] ]',
    )
  })
})
