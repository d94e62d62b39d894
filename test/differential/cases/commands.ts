import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { difference } from '../../differences.ts'
import type { Case, Differs } from '../case.ts'
import type { Stage } from '../stage.ts'

const notFound = 'getting credentials: exec: executable'
const forkExec = 'getting credentials: exec: fork/exec'

/** How the command is written, and what stands there. */
export const commandCases: readonly Case[] = [
  { name: 'an absolute path', exec: ({ plugin }) => ({ command: plugin }) },
  { name: 'a name in PATH', exec: { command: 'recorder' } },
  { name: 'a path that is relative to the kubeconfig', exec: { command: 'bin/recorder' } },
  { name: 'a path with a dot before it', exec: { command: './bin/recorder' } },
  { name: 'a path that is not clean', exec: { command: 'bin//../bin/./recorder' } },
  {
    name: 'an absolute path that is not clean',
    exec: ({ folder }) => ({ command: `${folder}//bin/./../bin/recorder` }),
    older: [{ before: 35, in: ['runs'], because: 'it took the command as it is written' }],
  },
  {
    name: 'a name with a dot before it, in the folder of the kubeconfig',
    exec: { command: './here' },
    prepare: place('here'),
  },
  {
    name: 'a name with a dot before it, only in PATH',
    exec: { command: './recorder' },
    fails: forkExec,
    differs: missingPath(),
  },
  {
    name: 'a name that is in the current folder only',
    exec: { command: 'here' },
    prepare: place('here'),
    fails: `${notFound} here not found`,
  },
  {
    name: 'a name that PATH finds in the current folder',
    exec: { command: 'here' },
    prepare: place('here'),
    env: ({ bin }) => ({ PATH: `.:${bin}:/usr/bin:/bin` }),
    fails: `getting credentials: exec: executable here not found`,
  },
  {
    name: 'a name that an empty entry of PATH finds',
    exec: { command: 'here' },
    prepare: place('here'),
    env: ({ bin }) => ({ PATH: `:${bin}:/usr/bin:/bin` }),
    fails: `getting credentials: exec: executable here not found`,
  },
  {
    name: 'a name that is behind something of that name which cannot be run',
    exec: { command: 'recorder' },
    prepare: ({ folder }) => {
      mkdirSync(join(folder, 'first/recorder'), { recursive: true })
      mkdirSync(join(folder, 'second'))
      writeFileSync(join(folder, 'second/recorder'), '', { mode: 0o600 })
    },
    env: ({ bin, folder }) => ({
      PATH: `${folder}/first:${folder}/second:${folder}/none:${bin}:/usr/bin:/bin`,
    }),
  },
  {
    name: 'a name that only the PATH of the entry finds',
    exec: ({ folder }) => ({
      command: 'elsewhere',
      env: [{ name: 'PATH', value: `${folder}/elsewhere:/usr/bin:/bin` }],
    }),
    prepare: place('elsewhere/elsewhere'),
    fails: `${notFound} elsewhere not found`,
  },
  { name: 'a symbolic link', exec: { command: './link' }, prepare: link('bin/recorder') },
  {
    name: 'a symbolic link in PATH',
    exec: { command: 'linked' },
    prepare: ({ bin }) => symlinkSync('recorder', join(bin, 'linked')),
  },
  {
    name: 'a symbolic link to nothing',
    exec: { command: './link' },
    prepare: link('nothing'),
    fails: forkExec,
    differs: missingPath(),
  },
  {
    name: 'a symbolic link to itself',
    exec: { command: './link' },
    prepare: link('link'),
    fails: forkExec,
  },
  {
    name: 'a name that is nowhere',
    exec: { command: 'no-such-plugin' },
    fails: `${notFound} no-such-plugin not found`,
  },
  {
    name: 'a name that is nowhere, with a hint',
    exec: { command: 'no-such-plugin', installHint: 'Get it from\nthe shop: $ shop get it' },
    fails: `${notFound} no-such-plugin not found`,
  },
  {
    name: 'a name that is nowhere, with a hint that would paint the terminal',
    exec: { command: 'no-such-plugin', installHint: 'Get it \u001B[31mred\u001B[0m\u0007\t!' },
    fails: `${notFound} no-such-plugin not found`,
  },
  {
    name: 'a path that is not there, with a hint',
    exec: { command: '/no/such/plugin', installHint: 'Get it from the shop.' },
    fails: `${forkExec} /no/such/plugin: no such file or directory`,
    differs: missingPath(),
  },
  {
    name: 'a file that may not be executed',
    exec: { command: './plain' },
    files: { plain: '#!/bin/sh\n' },
    fails: (stage) => `${forkExec} ${stage.folder}/plain: permission denied`,
  },
  {
    name: 'a folder',
    exec: { command: './bin' },
    fails: (stage) => `${forkExec} ${stage.folder}/bin: permission denied`,
  },
  {
    name: 'a path through a file',
    exec: { command: './config/plugin' },
    fails: (stage) => `${forkExec} ${stage.folder}/config/plugin: not a directory`,
    differs: missingPath(),
  },
  {
    name: 'a script that does not say by what it is run',
    exec: { command: './script' },
    prepare: script('echo hello\n'),
    fails: (stage) => `${forkExec} ${stage.folder}/script: exec format error`,
  },
  {
    name: 'an empty file',
    exec: { command: './script' },
    prepare: script(''),
    fails: (stage) => `${forkExec} ${stage.folder}/script: exec format error`,
  },
  {
    name: 'a script for an interpreter that is not there',
    exec: { command: './script' },
    prepare: script('#!/no/such/interpreter\n'),
    fails: (stage) => `${forkExec} ${stage.folder}/script: no such file or directory`,
  },
  {
    name: 'a name with a blank in it',
    exec: { command: 'my plugin' },
    prepare: place('bin/my plugin'),
  },
  {
    name: 'arguments in the command',
    exec: { command: 'recorder --login' },
    fails: `${notFound} recorder --login not found`,
  },
  { name: 'no command', exec: { command: '' }, fails: 'command must be specified for fake' },
  {
    name: 'a shell by its name, which it sees as its own',
    exec: { command: 'sh', args: ['-c', '. "$RECORDER"', 'zero', 'one'] },
    env: ({ plugin }) => ({ RECORDER: plugin }),
  },
  {
    name: 'a shell by its path',
    exec: { command: '/bin/sh', args: ['-c', '. "$RECORDER"'] },
    env: ({ plugin }) => ({ RECORDER: plugin }),
  },
  {
    name: 'a dot alone',
    exec: { command: '.' },
    fails: 'getting credentials: exec: executable . not found',
  },
  {
    name: 'a path that ends in a slash',
    exec: { command: './bin/recorder/' },
  },
]

/** A path that is not there: help as for a name. */
function missingPath(): Differs {
  return { because: difference('missing-path-help'), in: ['error'] }
}

function place(name: string): (stage: Stage) => void {
  return ({ folder, plugin }) => {
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    copyFileSync(plugin, path)
  }
}

function link(target: string): (stage: Stage) => void {
  return ({ folder }) => symlinkSync(target, join(folder, 'link'))
}

function script(text: string): (stage: Stage) => void {
  return ({ folder }) => {
    const path = join(folder, 'script')
    writeFileSync(path, text)
    chmodSync(path, 0o755)
  }
}
