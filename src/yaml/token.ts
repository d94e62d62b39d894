import type { Mark } from './cursor.ts'
import { YamlProblem } from './problem.ts'

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

/** A part of a YAML text that has a meaning of its own. */
export type Token =
  | { readonly type: MarkType; readonly start: Mark }
  | { readonly type: 'alias'; readonly start: Mark; readonly name: string }
  | { readonly type: 'anchor'; readonly start: Mark; readonly name: string }
  | { readonly type: 'tag'; readonly start: Mark; readonly handle: string; readonly suffix: string }
  | {
      readonly type: 'scalar'
      readonly start: Mark
      readonly text: string
      readonly style: ScalarStyle
    }
  | {
      readonly type: 'version'
      readonly start: Mark
      readonly major: number
      readonly minor: number
    }
  | {
      readonly type: 'tag-directive'
      readonly start: Mark
      readonly handle: string
      readonly prefix: string
    }

/** The tokens that say nothing but that they are there. */
export type MarkType =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'

/** What is wrong at a token. */
export function problemAt({ start }: Token, words: string): YamlProblem {
  return new YamlProblem(words, start.offset)
}
