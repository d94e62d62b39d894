import { expect, test } from 'vitest'

import { plainTokens } from '../../src/cli/plain-tokens.ts'
import { tokenKeyText } from '../../src/doors/token.ts'
import { projectedVolumeOf } from '../../src/projection/read-volume.ts'

const volume = projectedVolumeOf({
  sources: [
    { serviceAccountToken: { path: 'token' } },
    { serviceAccountToken: { path: 'other', audience: 'a$&"b', expirationSeconds: 900 } },
    { configMap: { name: 'settings' } },
  ],
})
const wish = { serviceAccount: 'deployer', directory: '/run/a', volume, isUsual: false }
const account = { namespace: 'ci', name: 'deployer' }

test('a line names whose token it is, and for whom, in place of what the kubelet calls it', () => {
  const plain = plainTokens(wish, 'ci')
  const usual = tokenKeyText({ ...account, expirationSeconds: 3600 })
  const other = tokenKeyText({ ...account, audiences: ['a$&"b'], expirationSeconds: 900 })
  expect(plain(`couldn't update token ${usual}: no; token ${other} expired`)).toBe(
    "couldn't update token of ServiceAccount ci/deployer for the API server: no; " +
      'token of ServiceAccount ci/deployer for a$&"b expired',
  )
  const foreign = `token ${tokenKeyText({ ...account, name: 'else' })}: new credential`
  expect(plain(foreign)).toBe(foreign)
})
