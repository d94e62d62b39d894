import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { Secret } from '../../src/credential/secret.ts'
import { AtomicWriter } from '../../src/projection/atomic-writer.ts'
import { parseFieldPath } from '../../src/projection/field-path.ts'
import { fieldText } from '../../src/projection/field-text.ts'
import type { Payload } from '../../src/projection/payload.ts'
import { projectedPayload } from '../../src/projection/projected-payload.ts'
import { projectedVolumeOf } from '../../src/projection/read-volume.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { difference } from '../differences.ts'
import { treeOf, type Tree } from '../projection/directory-tree.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { inBase64, Oracle } from './ask.ts'
import { runs } from './runs.ts'

interface Written {
  readonly error: string
  readonly folder: string
  readonly entries: readonly {
    readonly path: string
    readonly mode: number
    readonly data: string | null
    readonly target: string
  }[]
}

type Files = Readonly<Record<string, { readonly data: string; readonly mode: number }>>

const name = fc.constantFrom('a', 'b', 'c', 'token', 'ca.crt', '.hidden', 'a..b')
const goodPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
const oddPath = fc
  .array(fc.oneof(name, fc.constantFrom('', '.', '..', '..x', '...', '..data', 'é'.repeat(128))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((names) => names.join('/'))

const file = (path: string): { data: string; mode: number } => {
  // The same path has the same mode all the time, since the kubelet does not look at modes.
  const mode = [0o600, 0o644, 0o440, 0o777][path.length % 4] ?? 0o600
  return { data: '', mode }
}

/** Files that can stand beside each other: no name is a folder here and a file there. */
const files = fc
  .dictionary(goodPath, fc.constantFrom('one', 'two', ''), { maxKeys: 5, noNullPrototype: true })
  .map((texts): Files => {
    const kept: Record<string, { data: string; mode: number }> = {}
    for (const [path, data] of Object.entries(texts)) {
      const deep = `${'x/'.repeat(path.split('/').length)}${path}`
      kept[deep.replaceAll('/', `${path.split('/').length}/`)] = { ...file(deep), data }
    }
    return kept
  })

function payloadOf(given: Files): Payload {
  return new Map(
    Object.entries(given).map(([path, { data, mode }]) => [
      path,
      { data: Buffer.from(data), mode },
    ]),
  )
}

function questionOf(given: Files): Record<string, { data: string; mode: number }> {
  return Object.fromEntries(
    Object.entries(given).map(([path, { data, mode }]) => [path, { data: inBase64(data), mode }]),
  )
}

/** As `treeOf` of ours. */
function theirTree({ folder, entries }: Written): Tree {
  const renamed = (text: string): string => (folder === '' ? text : text.replace(folder, '..now'))
  return Object.fromEntries(
    entries.map(({ path, mode, data, target }) => {
      const octal = mode.toString(8).padStart(4, '0')
      const held =
        data === null ? `${octal}/` : `${octal} ${Buffer.from(data, 'base64').toString()}`
      return [renamed(path), target === '' ? held : renamed(`-> ${target}`)]
    }),
  )
}

describe.skipIf(!hasOracle())(besideClientGo('beside the kubelet'), () => {
  const oracle = new Oracle()
  const root = temporaryFolder()
  let count = 0

  async function theirs<Value>(question: Parameters<Oracle['ask']>[0]): Promise<Value | string> {
    const { value, error, panic } = await oracle.ask(question)
    if (panic !== undefined) throw new Error(panic)
    // The oracle's projection.go gives it.
    return error ?? (value as Value)
  }

  async function ours(payloads: readonly Files[]): Promise<{ error: string; tree: Tree }[]> {
    const directory = join(root, String(count++))
    mkdirSync(directory)
    const writer = new AtomicWriter(directory, { durable: false, lingerMs: 0 })
    const results = []
    for (const each of payloads) {
      const error = await writer.write(payloadOf(each)).then(
        () => '',
        (thrown: unknown) => (thrown instanceof KubecredError ? thrown.message : String(thrown)),
      )
      results.push({ error, tree: treeOf(directory) })
    }
    return results
  }

  test('any sequence of payloads leaves the same tree after each write', async () => {
    const sequence = fc.array(files, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(sequence, async (payloads) => {
        const written = await theirs<Written[]>({ writes: { payloads: payloads.map(questionOf) } })
        if (typeof written === 'string') throw new Error(written)
        const expected = written.map((each) => ({ error: each.error, tree: theirTree(each) }))
        expect(await ours(payloads)).toEqual(expected)
      }),
      runs(200),
    )
  })

  test('any path is refused with the same words, or written', async () => {
    const long = fc.integer({ min: 2049, max: 2100 }).map((length) => 'a/'.repeat(length))
    const path = fc.oneof({ weight: 9, arbitrary: oddPath }, fc.string(), long)
    await fc.assert(
      fc.asyncProperty(path, async (tried) => {
        // The oracle's question is JSON, and the text of an error is printable here.
        fc.pre(/^[\p{L}\p{N}./ -]*$/u.test(tried))
        const payloads = [{ [tried]: { data: 'x', mode: 0o600 } }]
        const written = await theirs<Written[]>({ writes: { payloads: payloads.map(questionOf) } })
        if (typeof written === 'string') throw new Error(written)
        const [us] = await ours(payloads)
        const their = written[0]?.error ?? ''
        const isInvalid = (words: string): boolean => words.startsWith('invalid path')
        if (isInvalid(us?.error ?? '') && !isInvalid(their)) {
          difference('projection-paths')
          return
        }
        // Where the system refuses, each has words of its own.
        const told = (words: string): string =>
          words === '' || isInvalid(words) ? words : 'failed'
        expect(told(us?.error ?? 'nothing')).toBe(told(their))
      }),
      runs(500),
    )
  })

  test('another mode alone is applied, where the kubelet leaves the old one', async () => {
    const payloads = [0o600, 0o640].map((mode) => ({ token: { data: 't', mode } }))
    const written = await theirs<Written[]>({ writes: { payloads: payloads.map(questionOf) } })
    if (typeof written === 'string') throw new Error(written)
    expect(theirTree(written[1] ?? { error: '', folder: '', entries: [] })['..now/token']).toBe(
      '0600 t',
    )
    difference('projection-modes')
    expect((await ours(payloads))[1]?.tree['..now/token']).toBe('0640 t')
  })

  test('a file that becomes a folder is written, where the kubelet fails for good', async () => {
    const payloads = ['a', 'a/b'].map((path) => ({ [path]: { data: 't', mode: 0o600 } }))
    const written = await theirs<Written[]>({ writes: { payloads: payloads.map(questionOf) } })
    if (typeof written === 'string') throw new Error(written)
    expect(written[1]?.error).toMatch(/not a directory$/u)
    difference('projection-heals')
    expect((await ours(payloads))[1]).toMatchObject({ error: '', tree: { '..now/a/b': '0600 t' } })
  })

  describe('a volume source', () => {
    const text = fc.constantFrom('', 'a', 'a/b', '/a', '../a', 'a/../b', '..a', 'a..b', 'name')
    const mode = fc.constantFrom(undefined, 0, 0o644, 0o777, 0o1000, -1)
    const items = fc.array(fc.record({ key: text, path: text, mode }, { requiredKeys: ['path'] }), {
      maxLength: 2,
    })
    const object = fc.record(
      { name: fc.constantFrom('', 'name'), items, optional: fc.boolean() },
      { requiredKeys: ['name'] },
    )
    const seconds = fc.constantFrom(undefined, 0, 599, 600, 3600, 2 ** 32, 2 ** 32 + 1, -1)
    const token = fc.record({
      audience: fc.constantFrom('', 'vault'),
      expirationSeconds: seconds,
      path: text,
    })
    const fieldPath = fc.constantFrom(
      'metadata.name',
      'metadata.labels',
      "metadata.labels['a']",
      "metadata.labels['']",
      "metadata.labels['a/b/c']",
      "metadata.annotations['A.b/C_d']",
      "metadata.annotations['-a']",
      "metadata.name['a']",
      'metadata.color',
      'constructor',
      '',
    )
    const field = fc.record({ path: text, fieldRef: fc.record({ fieldPath }), mode })
    const source = fc.oneof(
      token.map((serviceAccountToken) => ({ serviceAccountToken })),
      object.map((configMap) => ({ configMap })),
      object.map((secret) => ({ secret })),
      fc.array(field, { maxLength: 2 }).map((each) => ({ downwardAPI: { items: each } })),
      fc
        .tuple(token, object)
        .map(([serviceAccountToken, secret]) => ({ serviceAccountToken, secret })),
    )
    const volume = fc.record(
      { defaultMode: mode, sources: fc.array(source, { minLength: 1, maxLength: 2 }) },
      { requiredKeys: ['sources'] },
    )

    function refusal(value: unknown): string | undefined {
      try {
        // Through JSON, which has no undefined.
        projectedVolumeOf(JSON.parse(JSON.stringify(value)))
        return undefined
      } catch (error) {
        if (error instanceof KubecredError) return error.message
        throw error
      }
    }

    test('is refused for the reason that the API server gives, or taken', async () => {
      await fc.assert(
        fc.asyncProperty(volume, async (tried) => {
          const answer = await theirs<{ problems: string[] }>({ volume: { source: tried } })
          if (typeof answer === 'string') throw new Error(answer)
          const us = refusal(tried)
          const { problems } = answer
          const isNone = problems.length === 0
          if (isNone && us?.endsWith('is one of conflicting duplicate paths') === true) {
            difference('projection-duplicates')
            return
          }
          const isAgreed = problems.some((each) => isAbout(each, us ?? ''))
          expect(isNone ? us : isAgreed).toBe(isNone ? undefined : true)
        }),
        runs(3000),
      )
    })

    /** Whether a refusal of ours holds the words of one of the API server's. */
    function isAbout(problem: string, words: string): boolean {
      const [first = '', ...rest] = problem.split(': ')
      const about = rest.length === 0 ? first : (rest.at(-1) ?? '')
      return /subscript|label|name part|prefix part|Unsupported|error converting/u.test(problem)
        ? /fieldPath /u.test(words)
        : words.includes(about) || words.includes('conflicting duplicate paths')
    }
  })

  test('a ConfigMap and a Secret come to the same files', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd.e')
    const texts = fc.dictionary(key, fc.string(), { maxKeys: 3, noNullPrototype: true })
    const bytes = fc
      .dictionary(key, fc.uint8Array({ maxLength: 9 }), { maxKeys: 3, noNullPrototype: true })
      .map((map) =>
        Object.fromEntries(Object.entries(map).map(([each, data]) => [each, inBase64(data)])),
      )
    const item = fc.record(
      { key, path: fc.constantFrom('x', 'y', 'z/w'), mode: fc.constantFrom(0o400, 0o640) },
      { requiredKeys: ['key', 'path'] },
    )
    const items = fc.uniqueArray(item, { maxLength: 3, selector: ({ path }) => path })
    const world = fc.record({ texts, bytes, items, optional: fc.boolean(), isSecret: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        world,
        async ({ texts: data, bytes: binaryData, items: wanted, optional, isSecret }) => {
          const object = isSecret
            ? { secret: { data: binaryData } }
            : { configMap: { data, binaryData } }
          const asked = { ...object, items: wanted, mode: 0o604, optional }
          const answer = await theirs<Files>({ payload: asked })
          const reference = { name: 'n', items: wanted, optional }
          const source = isSecret ? { secret: reference } : { configMap: reference }
          const volume = projectedVolumeOf({ defaultMode: 0o604, sources: [source] })
          const objects = isSecret
            ? { secrets: new Map([['n', { data: binaryData }]]) }
            : { configMaps: new Map([['n', { data, binaryData }]]) }
          const us = filesOrWords(() => projectedPayload(volume, { tokens: new Map(), ...objects }))
          const isTold = typeof us === 'string' && typeof answer === 'string' && us.includes(answer)
          expect(isTold ? answer : us).toEqual(answer)
        },
      ),
      runs(1500),
    )
  })

  function filesOrWords(make: () => Payload): Files | string {
    try {
      return Object.fromEntries(
        [...make()].map(([path, { data, mode }]) => [path, { data: inBase64(data), mode }]),
      )
    } catch (error) {
      if (error instanceof KubecredError) return error.message
      throw error
    }
  }

  test('labels and annotations are written alike', async () => {
    // Which of the newest characters are printable depends on the version of Unicode.
    const unit = fc.oneof(
      fc.string({ minLength: 1, maxLength: 1 }),
      fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCodePoint(code)),
      fc.constantFrom(
        '\u2028',
        '\u200b',
        '\ufeff',
        '\ue000',
        '\u{10ffff}',
        '\u3000',
        '漢',
        '😀',
        '\u0301',
      ),
    )
    const text = fc.string({ unit })
    const map = fc.dictionary(text, text, { noNullPrototype: true })
    await fc.assert(
      fc.asyncProperty(map, fc.constantFrom('labels', 'annotations'), async (entries, kind) => {
        const pod = { metadata: { [kind]: entries } }
        const answer = await theirs<{ data: string }>({ field: { pod, path: `metadata.${kind}` } })
        if (typeof answer === 'string') throw new Error(answer)
        const field = parseFieldPath(`metadata.${kind}`)
        if (typeof field === 'string') throw new Error(field)
        expect(fieldText(field, { [kind]: entries })).toBe(
          Buffer.from(answer.data, 'base64').toString(),
        )
      }),
      runs(2000),
    )
  })

  test("a token is nobody else's where nothing gives a mode, unlike in a pod", () => {
    const volume = projectedVolumeOf({ sources: [{ serviceAccountToken: { path: 'token' } }] })
    const [source] = volume.sources
    if (source?.kind !== 'serviceAccountToken') throw new Error('no token')
    difference('projection-private')
    const payload = projectedPayload(volume, { tokens: new Map([[source, new Secret('t')]]) })
    expect(payload.get('token')?.mode).toBe(0o600)
  })
})
