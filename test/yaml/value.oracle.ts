import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { goJson } from '../../src/api/go-json.ts'
import { yamlText } from '../../src/yaml/characters.ts'
import { parseYaml } from '../../src/yaml/parser.ts'
import { YamlProblem } from '../../src/yaml/problem.ts'
import { yamlToJson } from '../../src/yaml/value.ts'
import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { inBase64, Oracle } from '../oracle/ask.ts'
import { fragments, isTwiceMarked, mutated, mutation } from '../oracle/mutations.ts'
import { runs } from '../oracle/runs.ts'
import { yamlDocuments } from './documents.ts'

function ours(bytes: Uint8Array): string | undefined {
  try {
    return goJson(yamlToJson(parseYaml(yamlText(bytes))))
  } catch (error) {
    if (error instanceof YamlProblem) return undefined
    throw error
  }
}

const texts = yamlDocuments.map(([yaml]) => yaml)
const changed = fc
  .tuple(
    fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
  )
  .map(([parts, changes]) => mutated(Buffer.from(parts.join('\n')), changes))
const pieces = fc
  .array(fc.constantFrom(...fragments, 'a', 'b', ' ', '\n', ': ', '- '), { maxLength: 25 })
  .map((parts) => Buffer.from(parts.join('')))
const anything = fc
  .oneof({ weight: 3, arbitrary: changed }, { weight: 2, arbitrary: pieces })
  .filter((bytes) => !isTwiceMarked(bytes))

describe.skipIf(!hasOracle())(besideClientGo('beside the YAML library of Kubernetes'), () => {
  const oracle = new Oracle()

  async function theirs(bytes: Uint8Array): Promise<string | undefined> {
    const { value, panic } = await oracle.ask({ yaml: { bytes: inBase64(bytes) } })
    if (panic !== undefined) throw new Error(panic)
    // The oracle's values.go gives this field. Go escapes what stands for a byte that is no text.
    return (value as { json: string } | undefined)?.json.replaceAll('\\ufffd', '\ufffd')
  }

  test.each(yamlDocuments)('%j is %j', async (yaml, json) => {
    expect(await theirs(Buffer.from(yaml))).toBe(json)
  })

  test('any text is the same JSON, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        const us = ours(bytes)
        // Between keys that differ, but not as texts (1 and "1"), Go's library draws lots.
        const drawn = [await theirs(bytes)]
        while (!drawn.includes(us) && drawn.length < 8) drawn.push(await theirs(bytes))
        expect(drawn).toContain(us)
      }),
      runs(20_000),
    )
  })
})
