import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, test } from 'vitest'

import { CertificatePlace, heldCertificates } from '../../src/credential/certificate-places.ts'
import { until } from '../testing/until.ts'

function ends(): readonly number[] {
  return heldCertificates()
    .filter(({ kind }) => kind === 'tested')
    .map(({ notAfter }) => notAfter)
    .toSorted((a, b) => a - b)
}

describe('a place for a certificate', () => {
  test('shows what it holds, until it holds nothing', () => {
    const [first, second] = [new CertificatePlace('tested'), new CertificatePlace('tested')]
    expect(ends()).toEqual([])
    first.hold({ notAfter: 2 })
    second.hold({ notAfter: 1 })
    expect(ends()).toEqual([1, 2])
    second.hold({ notAfter: 3 })
    expect(ends()).toEqual([2, 3])
    first.hold(undefined)
    first.hold(undefined)
    expect(ends()).toEqual([3])
    first.hold({ notAfter: 4 })
    second.hold(undefined)
    expect(ends()).toEqual([4])
    first.hold(undefined)
    expect(ends()).toEqual([])
  })

  test('goes with a source that nobody closes and nobody knows any more', async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    if (typeof collect !== 'function') throw new Error('no garbage collector')
    const forget = (): void => new CertificatePlace('tested').hold({ notAfter: 5 })
    for (let count = 0; count < 100; count += 1) forget()
    expect(ends().length).toBeGreaterThan(0)
    await until(() => {
      collect()
      return ends().length === 0
    })
  })
})
