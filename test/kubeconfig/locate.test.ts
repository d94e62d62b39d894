import { describe, expect, test } from 'vitest'

import { locateKubeconfig, pathsOf } from '../../src/kubeconfig/locate.ts'

describe('on POSIX systems', () => {
  const host = { platform: 'linux', env: {}, cwd: '/somewhere' } as const

  test('a path that is given is the only file, and must exist', () => {
    const env = { KUBECONFIG: '/other' }
    expect(locateKubeconfig('a/config', { ...host, env }, '/home/ann')).toEqual({
      files: ['/somewhere/a/config'],
      explicit: true,
    })
  })

  test('KUBECONFIG is a list with colons; empty entries and repetitions do not count', () => {
    const env = { KUBECONFIG: '/a::b:/a:/somewhere/b:c;d' }
    expect(locateKubeconfig('', { ...host, env }, '/home/ann')).toEqual({
      files: ['/a', '/somewhere/b', '/somewhere/c;d'],
      explicit: false,
    })
  })

  test('a KUBECONFIG of empty entries is an empty list', () => {
    const env = { KUBECONFIG: ':' }
    expect(locateKubeconfig(undefined, { ...host, env }, '/home/ann').files).toEqual([])
  })

  test('without KUBECONFIG it is the file in the home folder', () => {
    const files = ['/home/ann/.kube/config']
    for (const env of [{}, { KUBECONFIG: '' }]) {
      expect(locateKubeconfig(undefined, { ...host, env }, '/home/ann')).toEqual({
        files,
        explicit: false,
      })
    }
  })

  test('without a home folder there is nothing to look for', () => {
    expect(locateKubeconfig(undefined, host, '').files).toEqual([])
  })
})

describe('on Windows', () => {
  const host = { platform: 'win32', cwd: 'C:\\work' } as const

  test('KUBECONFIG is a list with semicolons; quotes keep one in a path', () => {
    const env = { KUBECONFIG: 'C:\\a;"D:\\x;y\\config";b;;"C:\\a"' }
    expect(locateKubeconfig(undefined, { ...host, env }, '').files).toEqual([
      'C:\\a',
      'D:\\x;y\\config',
      'C:\\work\\b',
    ])
  })

  test('KUBECONFIG of nothing but separators is an empty list', () => {
    expect(locateKubeconfig(undefined, { ...host, env: { KUBECONFIG: ';' } }, '').files).toEqual([])
  })

  test('paths are those of Windows', () => {
    expect(locateKubeconfig(undefined, { ...host, env: {} }, 'C:\\Users\\Ann').files).toEqual([
      'C:\\Users\\Ann\\.kube\\config',
    ])
    expect(pathsOf('win32').sep).toBe('\\')
    expect(pathsOf('darwin').sep).toBe('/')
  })
})
