import { describe, expect, test } from 'vitest'

import type { Actions } from '../../src/cli/actions.ts'
import { globalFlags } from '../../src/cli/global-flags.ts'
import { runProgram } from '../../src/cli/program.ts'
import { quickArguments } from '../../src/cli/quick-arguments.ts'
import { requestFlags } from '../../src/cli/request-flags.ts'
import { tokenCreateFlags } from '../../src/cli/token-flags.ts'

const known = [...globalFlags, ...requestFlags]

const quick = (args: readonly string[]): ReturnType<typeof quickArguments> =>
  quickArguments(args, 'request', known)

/** What the parser that knows everything makes of them. */
async function thorough(args: readonly string[]): Promise<unknown> {
  let seen: unknown
  const refuse = (): Promise<number> => Promise.reject(new Error('not this command'))
  const actions = new Proxy<Partial<Actions>>(
    {
      request: (words, flags) => {
        seen = { words, flags }
        return Promise.resolve(0)
      },
      tokenCreate: (words, flags) => {
        seen = { words, flags }
        return Promise.resolve(0)
      },
    },
    { get: (target, name: keyof Actions) => target[name] ?? refuse },
  )
  // Every command is there: the proxy makes up those that are not.
  await runProgram(args, actions as Actions, () => Promise.resolve())
  return seen
}

describe('what is understood quickly is understood as the parser understands it', () => {
  test.each([
    ['request /version'],
    ['request POST /version'],
    ['request'],
    ['--context prod request /version'],
    ['request --context=prod /version --user alice'],
    ['-n kube-system -s https://x request /version'],
    ['request /version -v=6'],
    ['request /version -v 6'],
    ['request /version --v=6'],
    ['request /version --as a --as-group b --as-group=c'],
    ['request /version -H A:b -H C:d -i'],
    ['request /version --header A:b --include'],
    ['request /version -d -'],
    ['request /version -d @file --data other'],
    ['request --insecure-skip-tls-verify /version --disable-compression'],
    ['request /version --request-timeout 1m30s'],
    ['request /version --token a=b=c'],
  ])('%s', async (line) => {
    const args = line.split(' ')
    expect(quick(args)).toEqual(await thorough(args))
  })
})

describe('so it is for a command behind another', () => {
  test.each([
    'token create x --audience a --audience=b -n ci',
    '-n ci token -v 6 create --duration 90m x -o json',
    'token create',
    'token create create',
  ])('%s', async (line) => {
    const args = line.split(' ')
    const flags = [...globalFlags, ...tokenCreateFlags]
    expect(quickArguments(args, 'token create', flags)).toEqual(await thorough(args))
  })

  test.each(['token', 'token inspect x', 'create x', 'create token x'])('not for %s', (line) => {
    const flags = [...globalFlags, ...tokenCreateFlags]
    expect(quickArguments(line.split(' '), 'token create', flags)).toBeUndefined()
  })
})

test.each([
  ['no command', []],
  ['another command', ['credential']],
  ['a flag first', ['--version']],
  ['help', ['request', '--help']],
  ['an unknown flag', ['request', '/', '--nope']],
  ['a missing value', ['request', '/', '--context']],
  ['a switch with a value', ['request', '/', '--include=true']],
  ['short flags in one word', ['request', '/', '-v6']],
  ['the end of flags', ['request', '--', '/']],
])('%s is left to the parser', (_what, args) => {
  expect(quick(args)).toBeUndefined()
})
