import { describe, expect, test } from 'vitest'

import {
  pluginEnvironment,
  readVariable,
  type EnvironmentPlan,
} from '../../src/exec/environment.ts'

const plan: EnvironmentPlan = {
  parent: { PATH: '/bin', A: 'parent', GONE: undefined, KUBERNETES_EXEC_INFO: 'parent' },
  inherit: true,
  env: { A: 'program', B: 'program' },
  execEnv: [
    { name: 'B', value: 'first' },
    { name: 'B', value: 'kubeconfig' },
    { name: 'KUBERNETES_EXEC_INFO', value: 'kubeconfig' },
  ],
  execInfo: '{}\n',
  platform: 'linux',
}

describe('pluginEnvironment', () => {
  test('lets the last of several variables of one name win', () => {
    expect(Object.entries(pluginEnvironment(plan))).toEqual([
      ['PATH', '/bin'],
      ['A', 'program'],
      ['B', 'kubeconfig'],
      ['KUBERNETES_EXEC_INFO', '{}\n'],
    ])
  })

  test('inherits nothing when told so', () => {
    expect(Object.keys(pluginEnvironment({ ...plan, inherit: false }))).toEqual([
      'A',
      'B',
      'KUBERNETES_EXEC_INFO',
    ])
  })

  test('inherits the variables that are named, and only if they are set', () => {
    const inherit = ['PATH', 'GONE', 'NEVER']
    expect(pluginEnvironment({ ...plan, env: {}, inherit })).toEqual({
      PATH: '/bin',
      B: 'kubeconfig',
      KUBERNETES_EXEC_INFO: '{}\n',
    })
  })

  test('takes names that differ in case for one on Windows', () => {
    const windows: EnvironmentPlan = {
      ...plan,
      platform: 'win32',
      parent: { Path: 'C:\\bin', SystemRoot: 'C:\\Windows' },
      inherit: ['PATH'],
      env: { path: 'D:\\bin' },
      execEnv: [],
    }
    expect(pluginEnvironment(windows)).toEqual({ path: 'D:\\bin', KUBERNETES_EXEC_INFO: '{}\n' })
  })

  test('passes on a variable whose name means something to JavaScript', () => {
    const execEnv = [{ name: '__proto__', value: 'x' }]
    expect(Object.keys(pluginEnvironment({ ...plan, execEnv }))).toContain('__proto__')
  })
})

describe('readVariable', () => {
  test('looks at the case of a name, but not on Windows', () => {
    expect(readVariable({ Path: 'x' }, 'PATH', 'linux')).toBeUndefined()
    expect(readVariable({ Path: 'x' }, 'PATH', 'win32')).toBe('x')
  })
})
