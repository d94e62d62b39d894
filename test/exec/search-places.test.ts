import { describe, expect, test } from 'vitest'

import {
  absolutePath,
  candidateFiles,
  isBareName,
  searchPlaces,
} from '../../src/exec/search-places.ts'

const linux = { platform: 'linux', cwd: '/srv', env: {} } as const
const windows = { platform: 'win32', cwd: 'C:\\srv', env: {} } as const

describe('isBareName', () => {
  test('tells a name from a path', () => {
    expect(isBareName('aws', 'linux')).toBe(true)
    expect(isBareName('a\\b', 'linux')).toBe(true)
    expect(isBareName('bin/aws', 'linux')).toBe(false)
  })

  test.each(['bin\\aws', 'bin/aws', 'C:aws'])('takes %j for a path on Windows', (command) => {
    expect(isBareName(command, 'win32')).toBe(false)
  })
})

describe('absolutePath', () => {
  test('starts from the current directory', () => {
    expect(absolutePath('bin/foo', linux)).toBe('/srv/bin/foo')
    expect(absolutePath('bin\\foo', windows)).toBe('C:\\srv\\bin\\foo')
  })
})

describe('searchPlaces', () => {
  test('takes the folders of PATH in order, and then those of the program', () => {
    const host = { ...linux, env: { PATH: '/bin:rel::/usr/bin:' } }
    expect(searchPlaces(host, ['/opt/bin'])).toEqual([
      { folder: '/bin', relative: false },
      { folder: 'rel', relative: true },
      { folder: '.', relative: true },
      { folder: '/usr/bin', relative: false },
      { folder: '.', relative: true },
      { folder: '/opt/bin', relative: false },
    ])
  })

  test.each([{}, { PATH: '' }])('has no folder in %o', (env) => {
    expect(searchPlaces({ ...linux, env }, [])).toEqual([])
  })

  test('reads the PATH of Windows, with quotes and gaps', () => {
    const host = { ...windows, env: { Path: 'C:\\a;;"C:\\b;c";"D:\\d"\\e;rel' } }
    expect(searchPlaces(host, [])).toEqual([
      { folder: 'C:\\a', relative: false },
      { folder: 'C:\\b;c', relative: false },
      { folder: 'D:\\d\\e', relative: false },
      { folder: 'rel', relative: true },
    ])
  })
})

describe('candidateFiles', () => {
  test('is the file itself', () => {
    expect(candidateFiles('/bin/aws', linux)).toEqual(['/bin/aws'])
  })

  test('tries the extensions of Windows', () => {
    const usual = ['C:\\aws.com', 'C:\\aws.exe', 'C:\\aws.bat', 'C:\\aws.cmd']
    expect(candidateFiles('C:\\aws', windows)).toEqual(usual)
    expect(candidateFiles('C:\\aws', { ...windows, env: { pathext: '' } })).toEqual(usual)
  })

  test('tries a file that has an extension as it is first', () => {
    const host = { ...windows, env: { PATHEXT: '.EXE;;CMD' } }
    expect(candidateFiles('C:\\b.d\\aws.exe', host)).toEqual([
      'C:\\b.d\\aws.exe',
      'C:\\b.d\\aws.exe.exe',
      'C:\\b.d\\aws.exe.cmd',
    ])
    expect(candidateFiles('C:\\b.d\\aws', host)).toEqual(['C:\\b.d\\aws.exe', 'C:\\b.d\\aws.cmd'])
  })
})
