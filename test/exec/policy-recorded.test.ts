import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { messageOf } from '../../src/errors/kubecred-error.ts'
import { execProvider } from '../../src/exec/provider.ts'
import { isWindows, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
for (const name of ['bin', 'place', 'place/below']) mkdirSync(join(scratch.path, name))
const reply = JSON.stringify({
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  status: { token: 't' },
})
for (const name of ['bin/plug', 'place/plug', 'place/here', 'place/below/late']) {
  scratch.sh(name, `echo '${reply}'`)
}

type Seen = readonly [command: string, entry: string, result: string, withRelativePath?: string]

const runs = 'runs'
const notPermitted = (path: string): string =>
  `plugin path "${path}" is not permitted by the credential plugin allowlist`
const unresolved = (path: string, why: string): string =>
  `plugin path "${path}" cannot be resolved for credential plugin allowlist check: exec: ${why}`
const nowhere = (command: string): string =>
  unresolved(command, `"${command}": executable file not found in $PATH`)
const relative = (path: string, command: string): string =>
  unresolved(path, `"${command}": cannot run executable found relative to current directory`)
const notFound = (command: string): string => `exec: executable ${command} not found`

// What client-go 1.36.3 was seen to do with commands that a program gives, which no kubeconfig makes
// absolute: the command, the one entry of the list, and what becomes of it, with PATH=BIN in the first
// column, and PATH=below:BIN:. in the second where that differs.
const seen: readonly Seen[] = [
  ['bin/plug', 'bin/plug', notFound('bin/plug')],
  ['below/late', 'late', notPermitted('below/late')],
  ['below/late', 'below/late', runs],
  ['./below/late', 'below/late', runs],
  ['below/late', '../place/below/late', notPermitted('below/late')],
  [
    'below/none',
    'x',
    unresolved('below/none', '"below/none": stat below/none: no such file or directory'),
  ],
  ['./plug', 'plug', runs],
  ['./plug', 'x', notPermitted('BIN/plug')],
  ['./here', 'here', notFound('here')],
  ['here', 'x', nowhere('here'), relative('here', 'here')],
  ['late', 'late', notFound('late')],
  ['late', 'x', nowhere('late'), relative('below/late', 'late')],
  ['late', 'below/late', nowhere('late'), notFound('late')],
  ['.', 'x', nowhere('.')],
  ['..', 'x', nowhere('..')],
  ['', 'x', nowhere('.')],
  ['', '.', notFound('.')],
  ['/', 'x', unresolved('/', '"/": is a directory')],
  ['plug/', 'plug', runs],
  ['plug/..', 'x', nowhere('.')],
  ['BIN/plug', 'BIN/plug', runs],
  ['BIN/plug', '../bin/plug', notPermitted('BIN/plug')],
  ['BIN/../bin/plug', 'plug', runs],
]

async function outcome(command: string, entry: string, path: string): Promise<string> {
  const place = (text: string): string => text.replaceAll('BIN', join(scratch.path, 'bin'))
  const provider = execProvider(
    {
      command: place(command),
      args: [],
      env: [],
      apiVersion: 'client.authentication.k8s.io/v1',
      installHint: '',
      provideClusterInfo: false,
      interactiveMode: 'Never',
    },
    {
      host: {
        platform: process.platform,
        env: { PATH: `${place(path)}:/usr/bin:/bin` },
        home: '',
        cwd: join(scratch.path, 'place'),
        stdinIsTerminal: false,
      },
      stderr: 'ignore',
      policy: { policyType: 'Allowlist', allowlist: [{ command: place(entry) }] },
    },
  )
  const { signal } = new AbortController()
  const said = await provider.provide({ reason: 'first', ahead: false, signal }).then(
    () => runs,
    (error: unknown) => messageOf(error),
  )
  const [first = ''] = said.replaceAll(join(scratch.path, 'bin'), 'BIN').split('\n')
  return first
}

describe.skipIf(isWindows)(
  'an allowlist for a command that a program gives, as in client-go',
  () => {
    test.each(
      seen.map(([command, entry, result, withRelativePath = result]) => ({
        command,
        entry,
        result,
        withRelativePath,
      })),
    )('"$command" where "$entry" is listed', async (one) => {
      expect(await outcome(one.command, one.entry, 'BIN')).toBe(one.result)
      expect(await outcome(one.command, one.entry, 'below:BIN:.')).toBe(one.withRelativePath)
    })
  },
)
