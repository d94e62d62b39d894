import { expect, test } from 'vitest'

import { cacheFolder } from '../../src/cli/cache-folder.ts'

test.each([
  ['linux', { HOME: '/home/a' }, '/home/a/.cache/kubecred'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '/c' }, '/c/kubecred'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '' }, '/home/a/.cache/kubecred'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: 'relative' }, undefined],
  ['linux', {}, undefined],
  ['darwin', { HOME: '/Users/a' }, '/Users/a/Library/Caches/kubecred'],
  ['win32', { LOCALAPPDATA: String.raw`C:\Users\a` }, String.raw`C:\Users\a/kubecred`],
  ['win32', { HOME: '/home/a' }, undefined],
] as const)('on %s with %j it is %s', (platform, env, expected) => {
  expect(cacheFolder(platform, env)).toBe(expected)
})
