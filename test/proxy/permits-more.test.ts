import { describe, expect, test } from 'vitest'

import type { PluginPolicy } from '../../src/api/plugin-policy.ts'
import { permitsMore } from '../../src/proxy/permits-more.ts'

describe('permitsMore', () => {
  const all: PluginPolicy = { policyType: 'AllowAll' }
  const none: PluginPolicy = { policyType: 'DenyAll' }
  const list = (...commands: readonly string[]): PluginPolicy => ({
    policyType: 'Allowlist',
    allowlist: commands.map((command) => ({ command })),
  })

  test.each([
    [all, none],
    [all, list('a')],
    [list('a'), none],
    [list('a', 'b'), list('a')],
  ])('sees that %j permits more than %j', (one, other) => {
    expect(permitsMore(one, other)).toBe(true)
    expect(permitsMore(other, one)).toBe(false)
  })

  test.each([
    [all, all],
    [none, none],
    [list('a', 'b'), list('b', 'a')],
  ])('sees that %j permits no more than %j', (one, other) => {
    expect(permitsMore(one, other)).toBe(false)
  })
})
