import { expect, test } from 'vitest'

import { fixedProvider, type ProvideRequest } from '../../src/credential/provider.ts'
import { namedCredential } from './scripted-provider.ts'

test('fixedProvider gives its one credential whenever it is asked, and never ahead', async () => {
  const credential = namedCredential('fixed')
  const provider = fixedProvider('static token', credential)
  const request: ProvideRequest = {
    reason: 'rejected',
    ahead: false,
    signal: new AbortController().signal,
  }
  expect(await provider.provide(request)).toBe(credential)
  expect(await provider.provide({ ...request, reason: 'expired' })).toBe(credential)
  expect(provider).toMatchObject({ name: 'static token', runsAhead: false })
})
