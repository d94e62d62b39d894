import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { JsonObject } from '../../../src/api/json.ts'
import { difference } from '../../differences.ts'
import type { Case, Differs } from '../case.ts'
import { tokenOf, wrongToken } from '../stage.ts'
import { noServer } from './no-server.ts'

const bob = tokenOf('bob')
const none: Pick<Case, 'kubeconfig'> = { kubeconfig: false }
const wholePath: Differs = { because: difference('whole-paths'), in: ['error'] }

function writeHome(folder: string, config: JsonObject): void {
  mkdirSync(join(folder, 'home/.kube'), { recursive: true })
  writeFileSync(join(folder, 'home/.kube/config'), JSON.stringify(config))
}

/** Where the configuration comes from. */
export const placeCases: readonly Case[] = [
  { name: 'KUBECONFIG', ...none, env: ({ folder }) => ({ KUBECONFIG: `${folder}/config` }) },
  {
    name: 'KUBECONFIG with files that are not there',
    ...none,
    env: ({ folder }) => ({ KUBECONFIG: `/no/such/file:${folder}/config::${folder}/none` }),
  },
  {
    name: 'KUBECONFIG with nothing that is there',
    ...none,
    env: { KUBECONFIG: '/no/such/file:/nor/this' },
    ...noServer('no configuration has been provided'),
  },
  { name: 'KUBECONFIG that is relative', ...none, env: { KUBECONFIG: 'config' } },
  {
    name: 'the flag over KUBECONFIG',
    env: { KUBECONFIG: '/no/such/file' },
  },
  {
    name: 'the file in the home',
    ...none,
    prepare: ({ folder, server, plugin }) => {
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: plugin,
        interactiveMode: 'Never',
      }
      writeHome(folder, server.kubeconfig({ user: { exec } }))
    },
  },
  {
    name: 'a flag that names a file which is not there',
    ...none,
    flags: ['--kubeconfig', 'no-such-file'],
    fails: 'stat no-such-file: no such file or directory',
    differs: wholePath,
  },
  {
    name: 'a flag that names a folder',
    ...none,
    flags: ['--kubeconfig', 'bin'],
    fails: 'error loading config file "bin": read bin: is a directory',
    differs: wholePath,
  },
  {
    name: 'a flag that names a relative path',
    ...none,
    flags: ['--kubeconfig', './bin/../config'],
  },
  { name: 'a flag with an equals sign', ...none, flags: ['--kubeconfig=config'] },
  {
    name: 'two files, of which the first has the context and the second the rest',
    ...none,
    files: (stage) => {
      const { clusters, users, contexts } = stage.server.kubeconfig({ user: { token: bob } })
      return {
        one: { 'current-context': 'fake', ...(contexts === undefined ? {} : { contexts }) },
        two: {
          ...(clusters === undefined ? {} : { clusters }),
          ...(users === undefined ? {} : { users }),
        },
      }
    },
    env: { KUBECONFIG: 'one:two' },
  },
  {
    name: 'two files with the same names, of which the first counts',
    ...none,
    files: ({ server }) => ({
      one: server.kubeconfig({ user: { token: bob } }),
      two: server.kubeconfig({ user: { token: wrongToken } }),
    }),
    env: { KUBECONFIG: 'one:two' },
  },
  {
    name: 'two files with the same user, whose fields do not mix',
    ...none,
    files: ({ server }) => ({
      one: server.kubeconfig({ user: { as: 'carol' } }),
      two: server.kubeconfig({ user: { token: bob } }),
    }),
    env: { KUBECONFIG: 'one:two' },
    fails: 'EOF',
    differs: {
      because: difference('no-password-prompt'),
      in: ['requests', 'stdout', 'error'],
      ours: { requests: [{ statusCode: 401 }] },
    },
  },
  {
    name: 'a command that is relative to the second file, in another folder',
    ...none,
    files: { one: {} },
    prepare: ({ folder, server, bin }) => {
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: './recorder',
        interactiveMode: 'Never',
      }
      writeFileSync(join(bin, 'two'), JSON.stringify(server.kubeconfig({ user: { exec } })))
      writeFileSync(join(folder, 'three'), '{}')
    },
    env: { KUBECONFIG: 'one:bin/two:three' },
  },
  {
    name: 'an empty file',
    ...none,
    files: { empty: '' },
    flags: ['--kubeconfig', 'empty'],
    ...noServer('no configuration has been provided'),
  },
  {
    name: 'a file that is no YAML',
    ...none,
    files: { bad: 'a: [b' },
    flags: ['--kubeconfig', 'bad'],
    fails: 'error loading config file "bad": ',
    differs: wholePath,
  },
  {
    name: 'a file of another kind',
    ...none,
    files: { bad: { apiVersion: 'v1', kind: 'Pod' } },
    flags: ['--kubeconfig', 'bad'],
    fails: 'error loading config file "bad": ',
    differs: wholePath,
  },
  {
    name: 'a list with a name twice',
    config: ({ server }) => {
      const user = { name: 'fake', user: { token: bob } }
      return { ...server.kubeconfig(), users: [user, user] }
    },
    fails: 'error loading config file',
    differs: { because: difference('quotes-no-secret'), in: ['error'] },
  },
  {
    name: 'fields that nobody knows',
    config: { unknown: { a: 1 } },
    user: { 'unknown-field': 1 },
  },
  { name: 'a kubeconfig without version and kind', config: { apiVersion: '', kind: '' } },
  {
    name: 'preferences and extensions',
    config: { preferences: { colors: true }, extensions: [] },
  },
  {
    name: 'no current context',
    config: { 'current-context': '' },
    ...noServer('no configuration has been provided'),
  },
  {
    name: 'a current context that is not there',
    config: { 'current-context': 'gone' },
    fails: 'context was not found for specified context: gone',
  },
]
