import { isDeepStrictEqual } from 'node:util'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { difference } from '../differences.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Oracle } from './ask.ts'
import {
  ourConnection,
  prepareScene,
  questionOf,
  theirConnection,
  type Outcome,
} from './compare-kubeconfigs.ts'
import { kubeconfigCase, type KubeconfigCase } from './kubeconfigs.ts'
import { missingPhrases } from './phrases.ts'
import { runs } from './runs.ts'

describe.skipIf(!hasOracle())(besideClientGo('beside client-go'), () => {
  const oracle = new Oracle()
  const scene = prepareScene(temporaryFolder())

  async function both(tried: KubeconfigCase): Promise<{ theirs: Outcome; ours: Outcome }> {
    const question = questionOf(scene, tried)
    return {
      theirs: await theirConnection(oracle, question),
      ours: await ourConnection(question),
    }
  }

  /** With one file, whose user and cluster are these. */
  function bothWith(
    { user = 'token: t', cluster = 'server: https://h', context = 'user: u' }: Parts,
    set: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof both> {
    const text =
      `current-context: c\ncontexts: [{name: c, context: {cluster: k, ${context}}}]\n` +
      `clusters: [{name: k, cluster: {${cluster}}}]\nusers: [{name: u, user: {${user}}}]\n`
    return both({ files: [Buffer.from(text)], explicit: true, set, insecure: false })
  }

  test('any kubeconfigs come to the same connection, or to an error in the same words', async () => {
    await fc.assert(
      fc.asyncProperty(kubeconfigCase, async (tried) => {
        const { theirs, ours } = await both(tried)
        if (allowedDifference(theirs, ours) !== undefined) return
        // Where client-go stops at a file that is JSON, Kubecred may come to the next fault.
        if (/yaml: /u.test(theirs.error ?? '') && tried.files.some(isJson)) return
        const wrong = mismatch(theirs, ours)
        expect(wrong.length === 0 ? [] : [...wrong, shown(tried)]).toEqual([])
      }),
      runs(8000),
    )
  })

  test('a user that is not there is an error, not anonymous', async () => {
    const { theirs, ours } = await bothWith({ context: 'user: absent' })
    expect(theirs.error).toBeUndefined()
    difference('unknown-user')
    expect(ours.error).toContain('user "absent" was not found')
  })

  test('a cluster that is not there is called by its name', async () => {
    const tried = {
      files: [Buffer.from('current-context: c\ncontexts: [{name: c, context: {cluster: k}}]')],
    }
    const { theirs, ours } = await both({ ...tried, explicit: true, set: {}, insecure: false })
    expect(theirs.error).toContain('no configuration has been provided')
    difference('missing-cluster')
    expect(ours.error).toContain('cluster "k" was not found')
  })

  test('v1alpha1 is spoken still', async () => {
    const exec = 'exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: p}'
    const { theirs, ours } = await bothWith({ user: exec })
    expect(theirs.error).toContain('exec plugin: invalid apiVersion')
    difference('v1alpha1')
    expect(ours.error).toBeUndefined()
  })

  test('the oidc provider gives way to a plugin', async () => {
    const provider =
      'auth-provider: {name: oidc, config: {idp-issuer-url: "https://i", client-id: c}}'
    const { theirs, ours } = await bothWith({ user: provider })
    expect(theirs.error).toBeUndefined()
    difference('auth-provider-hint')
    expect(ours.error).toContain('no Auth Provider found for name "oidc"')
    const beside = await bothWith({ user: `${provider}, token: t` })
    expect(beside.ours).toEqual(beside.theirs)
    const broken = await bothWith({ user: 'auth-provider: {name: oidc}, token: t' })
    expect(broken.theirs.error).toContain('Must provide idp-issuer-url')
    difference('auth-provider-hint')
    expect(broken.ours.error).toBeUndefined()
  })

  test('an authority file that is empty is an error', async () => {
    const { theirs, ours } = await bothWith({
      cluster: 'server: https://h, certificate-authority: empty',
    })
    expect(theirs.error).toBeUndefined()
    difference('empty-authority')
    expect(ours.error).toContain('unable to load root certificates')
  })

  test('files have to be there, also where a server without TLS does not need them', async () => {
    const { theirs, ours } = await bothWith({
      cluster: 'server: http://h',
      user: 'client-certificate: client.pem, client-key: missing.key',
    })
    expect(theirs.error).toContain('unable to read client-key')
    expect(ours.error).toContain('unable to read client-key')
  })

  test('a token file may be missing that the user in the server URL replaces', async () => {
    const { theirs, ours } = await bothWith({
      cluster: 'server: "https://u:p@h"',
      user: 'tokenFile: missing',
    })
    expect(theirs.error).toMatch(/^open .*: no such file or directory$/u)
    difference('unused-files')
    expect(ours.error).toBeUndefined()
  })

  test('a token that is asked for wins over a token file', async () => {
    const { theirs, ours } = await bothWith({ user: 'tokenFile: token' }, { token: 'asked' })
    expect(theirs.value).toMatchObject({ token: 'asked', tokenFile: expect.stringMatching(/./u) })
    difference('token-flag')
    expect(ours.value).toMatchObject({
      token: 'asked',
      tokenFile: '',
    })
  })

  test('JSON is read as JSON where YAML would not do', async () => {
    const text = '{\n\t"clusters": [{"name": "k", "cluster": {"server": "https:\\/\\/h"}}]}'
    const tried = {
      files: [Buffer.from(text)],
      explicit: true,
      set: { cluster: 'k' },
      insecure: false,
    }
    const { theirs, ours } = await both(tried)
    expect(theirs.error).toContain('yaml: ')
    difference('json-kubeconfig')
    expect(ours.error).toBeUndefined()
  })
})

interface Parts {
  readonly user?: string
  readonly cluster?: string
  readonly context?: string
}

/** The rows of DIFFERENCES.md that the tests below the property show, as they look from outside. */
const allowed: readonly (readonly [name: string, theirs: RegExp, ours: RegExp])[] = [
  ['unknown-user', /^$/u, /user .* was not found for context/u],
  [
    'v1alpha1',
    /^exec plugin: invalid apiVersion "client\.authentication\.k8s\.io\/v1alpha1"$/u,
    /^$/u,
  ],
  ['auth-provider-hint', /^$/u, /^no Auth Provider found for name "oidc"$/u],
  ['auth-provider-hint', /^Must provide /u, /^$/u],
  ['empty-authority', /^$/u, /^unable to load root certificates: /u],
  ['unused-files', /^(?:open|read) /u, /^$/u],
  ['json-kubeconfig', /yaml: /u, /^$/u],
]

/** What is not as it should be. */
function mismatch(theirs: Outcome, ours: Outcome): readonly unknown[] {
  if (theirs.error !== undefined && ours.error !== undefined) {
    return missingPhrases(theirs.error, ours.error)
  }
  return isDeepStrictEqual(theirs, ours) ? [] : [{ theirs, ours }]
}

function allowedDifference(theirs: Outcome, ours: Outcome): string | undefined {
  const [them, us] = [theirs.error ?? '', ours.error ?? '']
  if (them === '' && us === '' && keptTokenFile(theirs.value) && !keptTokenFile(ours.value)) {
    return 'token-flag'
  }
  return allowed.find(
    ([, first, second]) => first.test(them) && second.test(us) && them !== us,
  )?.[0]
}

function isJson(bytes: Uint8Array | undefined): boolean {
  try {
    JSON.parse(Buffer.from(bytes ?? []).toString())
    return true
  } catch {
    return false
  }
}

function shown({ files, ...rest }: KubeconfigCase): string {
  const texts = files.map((bytes) => (bytes === undefined ? null : Buffer.from(bytes).toString()))
  return JSON.stringify({ texts, ...rest })
}

function keptTokenFile(value: unknown): boolean {
  // The field of both shapes.
  return (value as { tokenFile?: unknown }).tokenFile !== ''
}
