import { expect, test } from 'vitest'

import { goJson } from '../../src/api/go-json.ts'
import { yamlText } from '../../src/yaml/characters.ts'
import { parseYaml } from '../../src/yaml/parser.ts'
import { YamlProblem } from '../../src/yaml/problem.ts'
import { yamlToJson } from '../../src/yaml/value.ts'
import { yamlDocuments } from './documents.ts'

function jsonOf(bytes: Uint8Array): string | undefined {
  try {
    return goJson(yamlToJson(parseYaml(yamlText(bytes))))
  } catch (error) {
    if (error instanceof YamlProblem) return undefined
    throw error
  }
}

test.each(yamlDocuments)('%j is %j', (yaml, json) => {
  expect(jsonOf(Buffer.from(yaml))).toBe(json)
})

test.each([
  ['UTF-16, little end first', Buffer.from('\ufeffa: é\u{1f600}', 'utf16le'), '{"a":"é😀"}'],
  ['UTF-16, big end first', Buffer.from('\ufeffa: é', 'utf16le').swap16(), '{"a":"é"}'],
  ['half a character of UTF-16', Buffer.from('\ufeffa\ud83d', 'utf16le'), undefined],
  ['a control character in UTF-16', Buffer.from('\ufeffa\u0001', 'utf16le'), undefined],
  ['half a character', Buffer.from([0x61, 0xe2, 0x82]), undefined],
  ['a character that goes wrong', Buffer.from([0x61, 0xe2, 0x28, 0x61]), undefined],
  ['a byte that begins none', Buffer.from([0x61, 0x80]), undefined],
  ['no text in a later block', Buffer.from(`a\n---\n${' '.repeat(600)}\u0001`), '"a"'],
  ['no text in the same block', Buffer.from(`a\n---\n${' '.repeat(100)}\u0001`), undefined],
])('%s is read as Kubernetes reads it', (_, bytes, json) => {
  expect(jsonOf(bytes)).toBe(json)
})
