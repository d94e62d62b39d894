import { expect, test } from 'vitest'

import { windowsHome, type DiskView } from '../../src/kubeconfig/home.ts'

const env = {
  HOME: 'C:\\home',
  HOMEDRIVE: 'D:',
  HOMEPATH: '\\drive',
  USERPROFILE: 'C:\\profile',
}

function disk(existing: readonly string[], writable: readonly string[] = []): DiskView {
  return {
    exists: (path) => existing.includes(path) || writable.includes(path),
    isWritableFolder: (path) => writable.includes(path),
  }
}

test('a home that holds a kubeconfig wins, HOMEDRIVE before USERPROFILE', () => {
  const everywhere = ['C:\\home', 'D:\\drive', 'C:\\profile']
  const configs = everywhere.map((home) => `${home}\\.kube\\config`)
  expect(windowsHome(env, disk(configs, everywhere))).toBe('C:\\home')
  expect(windowsHome(env, disk(configs.slice(1), everywhere))).toBe('D:\\drive')
  expect(windowsHome(env, disk(configs.slice(2), everywhere))).toBe('C:\\profile')
})

test('without a kubeconfig a home that can be written wins, USERPROFILE before HOMEDRIVE', () => {
  expect(windowsHome(env, disk(['C:\\home'], ['D:\\drive', 'C:\\profile']))).toBe('C:\\profile')
  expect(windowsHome(env, disk(['C:\\home'], ['D:\\drive']))).toBe('D:\\drive')
})

test('else a home that exists, else one that is set', () => {
  expect(windowsHome(env, disk(['D:\\drive', 'C:\\profile']))).toBe('C:\\profile')
  expect(windowsHome(env, disk([]))).toBe('C:\\home')
  expect(windowsHome({ USERPROFILE: 'C:\\profile' }, disk([]))).toBe('C:\\profile')
})

test('HOMEDRIVE and HOMEPATH count only together', () => {
  expect(windowsHome({ HOMEDRIVE: 'D:' }, disk([]))).toBe('')
  expect(windowsHome({ HOMEPATH: '\\drive' }, disk([]))).toBe('')
  expect(windowsHome({ HOMEDRIVE: 'D:', HOMEPATH: '\\drive' }, disk([]))).toBe('D:\\drive')
})
