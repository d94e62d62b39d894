import { goQuote } from '../encoding/go-quote.ts'
import type { FieldReference } from './field-path.ts'

/** What a program says it is, in place of a Pod; what is missing cannot be projected. */
export interface PodFacts {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly serviceAccountName?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** Content of a file for a field, as the kubelet writes it; undefined where nobody told the fact. */
export function fieldText({ fact, key }: FieldReference, facts: PodFacts): string | undefined {
  const value = facts[fact]
  if (typeof value !== 'object') return value
  if (key !== undefined) return Object.hasOwn(value, key) ? value[key] : ''
  return Object.entries(value)
    .map(([name, text]): [Buffer, string] => [Buffer.from(name), `${name}=${goQuote(text)}`])
    .toSorted(([a], [b]) => Buffer.compare(a, b))
    .map(([, line]) => line)
    .join('\n')
}
