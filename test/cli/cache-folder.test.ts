import { expect, test } from 'vitest'

import { cacheFolder } from '../../src/cli/cache-folder.ts'

test.each([
  ['linux', { HOME: '/h/a' }, '/h/a/.cache/kubecred'],
  ['linux', { HOME: '/h/a', XDG_CACHE_HOME: '/c' }, '/c/kubecred'],
  ['linux', { HOME: '/h/a', XDG_CACHE_HOME: '' }, '/h/a/.cache/kubecred'],
  ['linux', { HOME: '/h/a', XDG_CACHE_HOME: 'relative' }, undefined],
  ['linux', {}, undefined],
  ['darwin', { HOME: '/h/a' }, '/h/a/Library/Caches/kubecred'],
  ['win32', { LOCALAPPDATA: String.raw`C:\h\a` }, String.raw`C:\h\a/kubecred`],
  ['win32', { HOME: '/h/a' }, undefined],
] as const)('on %s with %j it is %s', (platform, env, expected) => {
  expect(cacheFolder(platform, env)).toBe(expected)
})
