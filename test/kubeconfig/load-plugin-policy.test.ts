import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/api/json.ts'
import { thisHost, type Host } from '../../src/host/host.ts'
import {
  loadPluginPolicy,
  type PluginPolicyOptions,
} from '../../src/kubeconfig/load-plugin-policy.ts'
import { locateKuberc } from '../../src/kubeconfig/locate-kuberc.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const head = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'
const deny = `${head}credentialPluginPolicy: DenyAll\n`
let homes = 0

/** A home folder, with preferences if there is a text. */
function homeWith(text?: string | Uint8Array): string {
  const home = join(folder, `home-${homes++}`)
  mkdirSync(join(home, '.kube'), { recursive: true })
  if (text !== undefined) writeFileSync(join(home, '.kube', 'kuberc'), text)
  return home
}

/** A preference in JSON. */
function json(fields: JsonObject): string {
  return JSON.stringify({
    apiVersion: 'kubectl.config.k8s.io/v1beta1',
    kind: 'Preference',
    ...fields,
  })
}

function hostWith(home: string, env: Host['env'] = {}): Host {
  return { ...thisHost(), env, home, cwd: folder }
}

async function load(text: string | Uint8Array, options: PluginPolicyOptions = {}) {
  const home = homeWith(text)
  const file = join(home, '.kube', 'kuberc')
  const loaded = await loadPluginPolicy({ host: hostWith(home), ...options }).catch(
    (error: unknown) => error,
  )
  return { loaded, file }
}

describe('the policy of preferences', () => {
  test('is loaded with the place that it comes from', async () => {
    const { loaded, file } = await load(
      `${head}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: aws}, {name: /bin/x}]\n`,
    )
    expect(loaded).toEqual({
      policy: { policyType: 'Allowlist', allowlist: [{ command: 'aws' }, { command: '/bin/x' }] },
      stated: true,
      file,
      warnings: [],
    })
  })

  test('is AllowAll where there is no file, which is told all the same', async () => {
    const home = homeWith()
    expect(await loadPluginPolicy({ host: hostWith(home) })).toEqual({
      policy: { policyType: 'AllowAll' },
      stated: false,
      file: join(home, '.kube', 'kuberc'),
      warnings: [],
    })
  })

  test('is AllowAll where there is no home, and then there is no file', async () => {
    expect(await loadPluginPolicy({ host: hostWith('') })).toEqual({
      policy: { policyType: 'AllowAll' },
      stated: false,
      file: undefined,
      warnings: [],
    })
  })

  test('comes from the file that was asked for, relative to the working directory', async () => {
    writeFileSync(join(folder, 'mine'), `${head}credentialPluginPolicy: DenyAll\n`)
    const host = hostWith(homeWith(), { KUBERC: '/nonexistent' })
    expect(await loadPluginPolicy({ path: 'mine', host })).toMatchObject({
      policy: { policyType: 'DenyAll' },
      file: join(folder, 'mine'),
    })
  })

  test.each(['KUBERC=off', 'KUBECTL_KUBERC=False'])(
    'is not looked for with %s, which a file that was asked for contradicts',
    async (setting) => {
      const [name = '', value = ''] = setting.split('=')
      const host = hostWith(homeWith('{'), { [name]: value })
      expect(await loadPluginPolicy({ host })).toMatchObject({ file: undefined, warnings: [] })
      await expect(loadPluginPolicy({ path: 'mine', host })).rejects.toMatchObject({
        code: 'ERR_KUBERC',
        message: `disabling kuberc via ${setting} and passing kuberc flag are mutually exclusive`,
      })
    },
  )
})

describe('preferences that cannot be used', () => {
  test('come with a warning that says where and why, and with no policy', async () => {
    const { loaded, file } = await load(`# mine\n---\n${head}credentialPluginPolicy: 1\n`)
    expect(loaded).toEqual({
      policy: { policyType: 'AllowAll' },
      stated: false,
      file,
      warnings: [
        `kuberc: no preferences loaded from ${file}: no valid preferences found in ${file}: ` +
          'line 1: it must be a mapping of fields, not empty; ' +
          'line 5: credentialPluginPolicy must be text, not a number',
      ],
    })
  })

  test('are an error for whoever is strict', async () => {
    const { loaded, file } = await load(`${head}credentialPluginPolicy: 1\n`, { strict: true })
    expect(loaded).toMatchObject({ code: 'ERR_KUBERC', details: { file } })
    expect(await load('', { strict: true })).toMatchObject({ loaded: { warnings: [] } })
  })

  test('are an error where they were asked for', async () => {
    await expect(
      loadPluginPolicy({ path: 'nowhere', host: hostWith(homeWith()) }),
    ).rejects.toMatchObject({
      code: 'ERR_KUBERC',
      message: 'kuberc: open nowhere: no such file or directory',
      hint: 'check nowhere, or leave the path out (--kuberc) to go without these preferences and their plugin policy',
      details: { file: join(folder, 'nowhere') },
    })
    const host = hostWith(homeWith(), { KUBERC: 'nowhere' })
    await expect(loadPluginPolicy({ host })).rejects.toMatchObject({
      hint: 'check nowhere, or set KUBERC=off to go without these preferences and their plugin policy',
    })
  })

  test.each<readonly [what: string, text: string | Uint8Array, why: RegExp]>([
    ['is no YAML', 'a: [b', /: line 2: did not find expected ',' or '\]'$/u],
    ['is no JSON', '{secret', /: line 1: it is not JSON$/u],
    ['is no text', Uint8Array.of(0xc3, 0x28), /: line 1: invalid trailing UTF-8 octet$/u],
    [
      'has a line of dashes that goes on',
      '--- secret\n',
      /: invalid Yaml document separator: line 1$/u,
    ],
    [
      'has another version',
      'apiVersion: v1\nkind: Preference\n',
      /: line 1: it must be of apiVersion kubectl.config.k8s.io\/v1beta1 and kind Preference$/u,
    ],
    [
      'has a name that is not its command',
      `${head}credentialPluginAllowlist: [{name: a, command: b}]\n`,
      /: line 3: credentialPluginAllowlist\[0\] must not have a name that is another than its command/u,
    ],
  ])('are told of without a word of theirs: what %s', async (_what, text, why) => {
    const { loaded } = await load(text)
    expect(loaded).toMatchObject({
      policy: { policyType: 'AllowAll' },
      warnings: [expect.stringMatching(why)],
    })
    expect(JSON.stringify(loaded)).not.toContain('secret')
  })

  test.each<readonly [what: string, text: string, why: RegExp]>([
    ['is too large', deny + '#'.repeat(1024 * 1024), /kuberc is larger than 1 MiB$/u],
    [
      'is nested too deep',
      `${deny}x: ${'['.repeat(600)}${']'.repeat(600)}\n`,
      /: line 4: exceeded max depth of 500$/u,
    ],
    [
      'has too many parts',
      `${deny}x: [${'a,'.repeat(510_000)}]\n`,
      /: line 1: it has too many parts$/u,
    ],
    [
      'is nested too deep before a document that counts',
      `x: ${'['.repeat(600)}${']'.repeat(600)}\n---\n${deny}`,
      /: line 1: exceeded max depth of 500$/u,
    ],
  ])('are an error where kubectl may read them and only we cannot: what %s', async (...row) => {
    difference('kuberc-limits')
    const [, text, why] = row
    const { loaded, file } = await load(text)
    expect(loaded).toMatchObject({
      code: 'ERR_KUBERC',
      message: expect.stringMatching(why),
      hint: `kubectl may read more than this does: make ${file} smaller and simpler`,
      details: { file },
    })
  })

  test.each<readonly [where: string, text: Uint8Array]>([
    ['in a later document', Buffer.concat([Buffer.from(`${deny}---\n`), Uint8Array.of(0xff)])],
    ['in an earlier one', Buffer.concat([Uint8Array.of(0xff), Buffer.from(`\n---\n${deny}`)])],
    [
      'in a text of JSON',
      Buffer.concat([
        Buffer.from(json({ credentialPluginPolicy: 'DenyAll' }).replace(/\}$/u, ',"x":"')),
        Uint8Array.of(0xff),
        Buffer.from('"}'),
      ]),
    ],
  ])('are used where a byte is no text %s', async (_where, text) => {
    expect(await load(text)).toMatchObject({ loaded: { policy: { policyType: 'DenyAll' } } })
  })

  test('are used where only a separator behind them is wrong', async () => {
    const { loaded } = await load(`${deny}---\n${head}--- x\n`)
    expect(loaded).toMatchObject({ policy: { policyType: 'DenyAll' }, warnings: [] })
  })

  test('name ten of many mistakes, however many there are', async () => {
    const keys = await load(`${deny}x: {${'a: 1, '.repeat(50_000)}}\n`)
    expect(keys.loaded).toMatchObject({
      warnings: [
        expect.stringMatching(
          /(?:, line 4: key "a" already set in map){9}, and 49989 more, unknown/u,
        ),
      ],
    })
    const fields = await load(deny + Array.from({ length: 30 }, (_, n) => `x${n}: 1\n`).join(''))
    expect(fields.loaded).toMatchObject({
      warnings: [expect.stringMatching(/: (?:unknown field "x\d+", ){10}and 20 more$/u)],
    })
    const documents = await load('a: b\n---\n'.repeat(2000))
    expect(documents.loaded).toMatchObject({
      warnings: [expect.stringMatching(/(?:line \d+: it must be of [^;]*; ){10}and 1990 more$/u)],
    })
  })

  test('of which kubectl passes something over are used, with a warning', async () => {
    const { loaded, file } = await load(
      `${head}kind: Preference\nzz: 1\naliases: [{x: 1, name: a}]\ncredentialPluginPolicy: DenyAll\n`,
    )
    expect(loaded).toEqual({
      policy: { policyType: 'DenyAll' },
      stated: true,
      file,
      warnings: [
        `kuberc: ignoring strict decoding error in ${file}: strict decoding error: yaml: unmarshal errors: ` +
          'line 3: key "kind" already set in map, unknown field "aliases[0].x", unknown field "zz"',
      ],
    })
  })

  test('give the line of a key in the file, whatever the document', async () => {
    const { loaded } = await load(`a: b\n---\n${head}kind: Preference\n`)
    expect(loaded).toMatchObject({ warnings: [expect.stringContaining('line 5: key "kind"')] })
  })

  test('are refused where their policy contradicts itself, with file and advice', async () => {
    const { loaded, file } = await load(`${head}credentialPluginPolicy: Allowlist\n`)
    expect(loaded).toMatchObject({
      code: 'ERR_EXEC_POLICY',
      message: 'credential plugin policy set to "Allowlist", but allowlist is unspecified',
      hint: `correct ${file}: name the plugins that may run; look for a slip in the name of the list`,
      details: { file },
    })
  })

  test('are refused for an alias that kubectl refuses', async () => {
    const { loaded, file } = await load(`${head}aliases: [{name: a-b}]\n`)
    expect(loaded).toMatchObject({
      code: 'ERR_KUBERC',
      message: 'invalid alias name, can only include alphabetical characters',
      details: { file },
    })
  })
})

describe('preferences in JSON', () => {
  const start = json({}).slice(0, -1)

  test.each<readonly [what: string, fields: string, policy: unknown]>([
    [
      'keep a policy that null follows',
      '"credentialPluginPolicy":"DenyAll","credentialPluginPolicy":null',
      { policyType: 'DenyAll' },
    ],
    [
      'keep the command of an entry that null follows',
      '"credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"a","command":null}]',
      { policyType: 'Allowlist', allowlist: [{ command: 'a' }] },
    ],
    [
      'put the entries of a second list over those of the first',
      '"credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"a"},{"command":"b"}],"credentialPluginAllowlist":[{}]',
      { policyType: 'Allowlist', allowlist: [{ command: 'a' }] },
    ],
    [
      'take up entries that a shorter list had left out',
      '"credentialPluginPolicy":"Allowlist","credentialPluginAllowlist":[{"command":"a"},{"command":"b"}],"credentialPluginAllowlist":[{}],"credentialPluginAllowlist":[{"command":"c"},{}]',
      { policyType: 'Allowlist', allowlist: [{ command: 'c' }, { command: 'b' }] },
    ],
    [
      'lose their list to null',
      '"credentialPluginPolicy":"DenyAll","credentialPluginAllowlist":[{"command":"a"}],"credentialPluginAllowlist":null',
      { policyType: 'DenyAll' },
    ],
  ])('%s', async (_what, fields, policy) => {
    expect(await load(`${start},${fields}}`)).toMatchObject({
      loaded: { policy, warnings: [expect.stringContaining('strict decoding error: duplicate')] },
    })
  })

  test('with a field of a wrong kind are none, whatever follows it', async () => {
    const fields = '"credentialPluginPolicy":1,"credentialPluginPolicy":"DenyAll"'
    expect(await load(`${start},${fields}}`)).toMatchObject({
      loaded: {
        policy: { policyType: 'AllowAll' },
        warnings: [expect.stringMatching(/credentialPluginPolicy must be text, not a number$/u)],
      },
    })
  })
})

describe('locateKuberc', () => {
  const windows = { platform: 'win32', cwd: 'C:\\work', env: {} } as const

  test('looks in the home folder of Windows', () => {
    expect(locateKuberc(undefined, windows, 'C:\\Users\\ann')).toEqual({
      kind: 'file',
      shown: 'C:\\Users\\ann\\.kube\\kuberc',
      file: 'C:\\Users\\ann\\.kube\\kuberc',
      explicit: false,
      without: 'set KUBERC=off',
    })
  })

  test('takes a path as it was given for what is shown', () => {
    expect(locateKuberc('mine', windows, '')).toEqual({
      kind: 'file',
      shown: 'mine',
      file: 'C:\\work\\mine',
      explicit: true,
      without: 'leave the path out (--kuberc)',
    })
  })
})
