import { describe, expect, test } from 'vitest'

import { examinePolicy, type UncheckedPolicy } from '../../src/api/plugin-policy.ts'

const read = (policy: UncheckedPolicy) => examinePolicy(policy, 'linux')
const allow = (...commands: readonly string[]): UncheckedPolicy => ({
  policyType: 'Allowlist',
  allowlist: commands.map((command) => ({ command })),
})

describe('examinePolicy', () => {
  test.each([
    ['', 'AllowAll'],
    ['AllowAll', 'AllowAll'],
    ['DenyAll', 'DenyAll'],
  ])('takes %j for %s', (policyType, policy) => {
    expect(read({ policyType })).toEqual({ policyType: policy })
  })

  test.each(['aws', '/usr/bin/aws', 'bin/aws', '../aws', 'two words'])(
    'takes %j as an entry',
    (command) => {
      expect(read(allow('x', command))).toEqual(allow('x', command))
    },
  )

  test('takes an entry that stands twice', () => {
    expect(read(allow('aws', 'aws'))).toEqual(allow('aws', 'aws'))
  })

  test('keeps nothing of what it was given, which may change later', () => {
    const entry = { command: 'aws' }
    const list = [entry]
    const policy = read({ policyType: 'Allowlist', allowlist: list })
    entry.command = 'other'
    list.push({ command: 'more' })
    expect(policy).toEqual(allow('aws'))
    expect(Object.isFrozen(policy)).toBe(true)
  })

  test.each(['denyall', 'Deny', 'allowlist', ' AllowAll'])('knows no policy %j', (policyType) => {
    const problem = `unknown plugin policy: "${policyType}"`
    expect(read({ policyType })).toMatchObject({ problem })
    expect(read({ policyType, allowlist: [] })).toMatchObject({ problem })
  })

  test.each(['', 'AllowAll', 'DenyAll'])('refuses a list beside the policy %j', (policyType) => {
    const problem = `misconfigured credential plugin allowlist: plugin policy is "${policyType}" but allowlist is non-nil`
    expect(read({ policyType, allowlist: [] })).toMatchObject({ problem })
    expect(read({ policyType, allowlist: [{ command: 'aws' }] })).toMatchObject({ problem })
  })

  test('tells a list that is missing from one that is empty', () => {
    expect(read({ policyType: 'Allowlist' })).toMatchObject({
      problem: 'credential plugin policy set to "Allowlist", but allowlist is unspecified',
    })
    expect(read({ policyType: 'Allowlist', allowlist: [] })).toMatchObject({
      problem:
        'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead',
    })
  })

  test.each([{ command: '' }, { command: undefined }, {}])('refuses the entry %j', (entry) => {
    const allowlist = [{ command: 'aws' }, entry, { command: './x' }]
    expect(read({ policyType: 'Allowlist', allowlist })).toMatchObject({
      problem: 'misconfigured credential plugin allowlist: empty allowlist entry #2',
    })
  })

  test.each([
    ['./aws', 'aws'],
    ['/usr//bin/aws', '/usr/bin/aws'],
    ['/usr/bin/../bin/aws', '/usr/bin/aws'],
    ['/usr/bin/', '/usr/bin'],
  ])('refuses the entry %j, which is not clean', (command, clean) => {
    expect(read(allow(command))).toMatchObject({
      problem: `non-normalized file path: "${command}" vs "${clean}"`,
    })
  })

  test('judges entries by the rules of the platform', () => {
    expect(examinePolicy(allow('C:/bin/aws.exe'), 'win32')).toMatchObject({
      problem: String.raw`non-normalized file path: "C:/bin/aws.exe" vs "C:\\bin\\aws.exe"`,
    })
    expect(examinePolicy(allow('C:\\bin\\aws.exe'), 'win32')).toEqual(allow('C:\\bin\\aws.exe'))
  })
})
