import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { difference } from '../differences.ts'
import { deny, files, head, places, write } from './kuberc-cases.ts'
import { besidePolicyKubectl, policyKubectl } from './policy-kubectl.ts'
import { PolicyWorld, type Run } from './policy-world.ts'

type Place = Pick<PolicyWorld, 'bin' | 'links' | 'folder'>

/** How the command is written. */
const commands: Readonly<Record<string, (place: Place) => string>> = {
  'a name': () => 'plugin',
  'a path': ({ bin }) => join(bin, 'plugin'),
  'a path relative to its kubeconfig': () => './other/plugin',
  'a path that is not clean': ({ bin }) => `${bin}/../bin/.//plugin`,
  'the path of a link': ({ links }) => join(links, 'plugin'),
  'a name that leads to a link': () => 'linked',
  'a name that is nowhere': () => 'missing',
  'a path where nothing is': ({ bin }) => join(bin, 'missing'),
  'the path of what cannot be executed': ({ bin }) => join(bin, 'plain'),
  'the path of a folder': ({ bin }) => join(bin, 'folder'),
}

/** The commands of the allowlist's entries. */
const lists: Readonly<Record<string, (place: Place) => readonly string[]>> = {
  'a name': () => ['plugin'],
  'a path': ({ bin }) => [join(bin, 'plugin')],
  'a relative path': () => ['bin/plugin'],
  'a name that is not clean': () => ['./plugin'],
  'a path that is not clean': ({ bin }) => [`${bin}//plugin`],
  'the path of a link': ({ links }) => [join(links, 'plugin')],
  'a name that leads to a link': () => ['linked'],
  'the path of the same name elsewhere': ({ folder }) => [join(folder, 'other', 'plugin')],
  'another name': () => ['another'],
  'names and paths that are nowhere': ({ bin }) => [
    'missing',
    '/nowhere/plugin',
    join(bin, 'missing'),
  ],
  'what cannot be executed': ({ bin }) => [
    join(bin, 'plain'),
    join(bin, 'folder'),
    'plain',
    'folder',
  ],
  'the same twice, after another': () => ['another', 'plugin', 'plugin'],
  'an empty text': () => [''],
}

const keys = ['command', 'name', 'both'] as const

function allowlist(entries: readonly string[], key: (typeof keys)[number]): string {
  const written = entries.map((entry) => ({
    ...(key === 'name' ? {} : { command: entry }),
    ...(key === 'command' ? {} : { name: entry }),
  }))
  return `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: ${JSON.stringify(written)}\n`
}

const listed = Object.entries(commands).flatMap(([command, written], row) =>
  Object.entries(lists).map(([list, entries], column) => ({
    command,
    list,
    key: keys[(row + column) % keys.length] ?? 'command',
    written,
    entries,
  })),
)

const unlisted = Object.entries(commands).flatMap(([command, written]) =>
  ['AllowAll', 'DenyAll', '""'].map((policy) => ({ command, policy, written })),
)

describe.skipIf(policyKubectl === undefined)(besidePolicyKubectl('Kubecred and kubectl'), () => {
  let world: PolicyWorld

  beforeAll(async () => {
    world = await PolicyWorld.start()
  })

  afterAll(async () => {
    await world.close()
  })

  test.each(places)('agree on where preferences come from: %s', async (_title, task) => {
    const { theirs, ours } = await world.both({ command: 'plugin', ...task })
    expect(comparable(ours)).toEqual(comparable(theirs))
  })

  test('differ on a flag that names the file at the usual place while KUBERC names another', async () => {
    difference('kuberc-flag-first')
    const { theirs, ours } = await world.both({
      command: 'plugin',
      standard: deny,
      prepare: write('other', head),
      args: ['--kuberc', '~/.kube/kuberc'],
      env: { KUBERC: '~/other' },
    })
    expect(theirs.exitCode).toBe(0)
    expect(ours.complaint).toBe(
      'getting credentials: plugin "plugin" not allowed: policy set to "DenyAll"',
    )
  })

  test.each(unlisted)('agree on $policy for $command', async ({ written, policy }) => {
    const kuberc = `${head}credentialPluginPolicy: ${policy}\n`
    const { theirs, ours } = await world.both({ command: written(world), kuberc })
    expect(comparable(ours)).toEqual(comparable(theirs))
  })

  test.each(listed)('agree on $command where $key lists $list', async (one) => {
    const kuberc = allowlist(one.entries(world), one.key)
    const { theirs, ours } = await world.both({ command: one.written(world), kuberc })
    expect(comparable(ours)).toEqual(comparable(theirs))
  })

  test.each(files)('agree on a file that was asked for and holds %s', async (_title, kuberc) => {
    const { theirs, ours } = await world.both({ command: 'plugin', kuberc })
    expect(comparable(ours)).toEqual(comparable(theirs))
  })

  test.each(files)('agree on a file at its usual place that holds %s', async (_title, standard) => {
    const { theirs, ours } = await world.both({ command: 'plugin', standard })
    expect(comparable(ours)).toEqual(comparable(theirs))
  })
})

/** A run as both tools have it. */
function comparable({ exitCode, stdout, plugins, warning, complaint }: Run) {
  return {
    exitCode,
    plugins,
    answered: stdout !== '',
    warning: withoutDetails(warning),
    complaint: withoutDetails(withHelp(complaint)),
  }
}

/** Why no preferences were found: kubectl says it only if it is run with more words. */
function withoutDetails(words: string): string {
  return words.replace(/(?<=no valid preferences found in \S+?)(?:, use --v=5 .*|: .*)$/u, '')
}

/** What Kubecred says where kubectl has no help. */
function withHelp(words: string): string {
  difference('missing-path-help')
  return words.replace(
    /exec: fork\/exec (.*): no such file or directory$/u,
    'exec: executable $1 not found',
  )
}
