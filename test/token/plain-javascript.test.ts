import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import {
  AtomicWriter,
  clusterObjects,
  defaultVolume,
  fileTokenStore,
  TokenManager,
  VolumeKeeper,
} from '../../src/doors/token.ts'
import { tokenClient } from '../../src/doors/https.ts'
import { managerStage } from './manager-stage.ts'

/** What a program without types may give in place of anything. */
function given(text: string): never {
  return JSON.parse(text) as never
}

const nothing = given('{}')['missing']
const volume = defaultVolume()
const { manager } = managerStage()
const whole = { directory: '/tmp', volume, manager, account: { namespace: 'ci', name: 'build' } }

describe('a program without types is told what is missing', () => {
  test.each<[string, () => unknown]>([
    [
      '"options" of TokenManager must be an object of options: undefined',
      () => new TokenManager(nothing),
    ],
    [
      '"options" of TokenManager must be an object of options: null',
      () => new TokenManager(given('null')),
    ],
    ['"client" must be a function: undefined', () => new TokenManager(given('{}'))],
    ['"request" must be an object: undefined', () => manager.source(nothing)],
    ['"owner" must be an object: null', () => manager.deleteTokensOf(given('null'))],
    [
      '"options" of VolumeKeeper must be an object of options: undefined',
      () => new VolumeKeeper(nothing),
    ],
    [
      '"directory" must be a text that is not empty: undefined',
      () => new VolumeKeeper(given('{}')),
    ],
    [
      '"directory" must be a text that is not empty',
      () => new VolumeKeeper({ ...whole, directory: '' }),
    ],
    [
      '"volume" must be an object: undefined',
      () => new VolumeKeeper({ ...whole, volume: nothing }),
    ],
    [
      '"manager" must be an object: undefined',
      () => new VolumeKeeper({ ...whole, manager: nothing }),
    ],
    [
      '"account" must be an object: undefined',
      () => new VolumeKeeper({ ...whole, account: nothing }),
    ],
    [
      '"options" of fileTokenStore must be an object of options: undefined',
      () => fileTokenStore(nothing),
    ],
    [
      '"scope" must be a text that is not empty: undefined',
      () => fileTokenStore(given('{"file":"f"}')),
    ],
    [
      '"options" of clusterObjects must be an object of options: undefined',
      () => clusterObjects(nothing),
    ],
    ['"client" must be a function: undefined', () => clusterObjects(given('{"namespace":"ci"}'))],
    [
      '"namespace" must be a text that is not empty: undefined',
      () =>
        clusterObjects({
          client: () => Promise.reject(new Error('not called')),
          namespace: nothing,
        }),
    ],
    [
      '"options" of defaultVolume must be an object of options: null',
      () => defaultVolume(given('null')),
    ],
    [
      '"options" of AtomicWriter must be an object of options: null',
      () => new AtomicWriter('/tmp', given('null')),
    ],
    ['"directory" must be a text that is not empty: undefined', () => new AtomicWriter(nothing)],
    ['"cluster" must be what connect gives, awaited: undefined', () => tokenClient(nothing)],
    [
      '"cluster" must be what connect gives, awaited: object',
      () => tokenClient(Promise.resolve() as never),
    ],
  ])('%s', (message, act) => {
    expect(act).toThrow(new TypeError(message))
  })

  test.each([{}, { bypassCache: true }])(
    'of a token that is asked for with %j',
    async (options) => {
      await expect(manager.getServiceAccountToken(nothing, options)).rejects.toThrow(
        new TypeError('"request" must be an object: undefined'),
      )
    },
  )

  test('and not what was given, where that may be a secret', () => {
    const token = given(JSON.stringify(`${plantedSecret}-token`))
    expect(() => new TokenManager(token)).toThrow(/must be an object of options: string$/u)
    expect(() => tokenClient(token)).toThrow(/must be what connect gives, awaited: string$/u)
  })
})
