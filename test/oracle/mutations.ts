import fc from 'fast-check'

/**
 * What damages texts in ways that readers of JSON and YAML disagree about. No byte order mark: for one in the
 * middle of a text client-go may lose a character at the start of a line, as its buffer has it.
 */
export const fragments: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ': ',
    '"',
    "'",
    '\\',
    '/',
    '#',
    ' #',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
  ],
  ...[
    '!!int ',
    '!!binary ',
    '!!null ',
    '!<tag:yaml.org,2002:str> ',
    '!',
    '|',
    '>',
    '|-\n',
    '>+\n',
    '%',
    '@',
    '`',
    '?',
    '? ',
    '- ',
  ],
  ...['---', '\n---\n', '\n...\n', '...', '<<: ', '<<: *a', '~', 'null', 'true', 'yes', 'off', 'y'],
  ...[
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x1f',
    '017',
    '0o17',
    '1_000',
    '.inf',
    '.nan',
    '1e999',
    '12345678901234567890',
    '0b1',
  ],
  ...[
    '\t',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '  ',
    '\n  ',
    '\n\n',
    '\u0000',
    '\u0001',
    '\u0007',
    '\u001b',
    '\u007f',
  ],
  ...['\u0085', '\u00a0', '\u00e9', '\u2028', '\u2029', '\ufffd', '\ufffe', '\u{1f600}'],
  ...[
    '\\u0000',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\x41',
    '\\/',
    '\\e',
    '\\_',
    '\\N',
    '\\L',
    '\\n',
    '\\\n',
  ],
  ...[
    '%YAML 1.1\n---\n',
    '%YAML 1.2\n---\n',
    '%TAG ! tag:x,2000:\n---\n',
    '2020-01-01',
    '1:30',
    'a b',
    '',
  ],
]

/** One change to some bytes, at a place given as a fraction of their length. */
export type Mutation =
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'cut'; readonly at: number }

const place = fc.double({ min: 0, max: 1, noNaN: true })
const inserted = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...fragments).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 }) },
)

/** Any one change. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('insert'), at: place, bytes: inserted }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove'),
      at: place,
      length: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('repeat'),
      at: place,
      length: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), at: place }) },
)

/** The bytes with the changes made, one after the other. */
export function mutated(original: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce(applied, original)
}

function applied(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * (bytes.length + 1))
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (change.kind) {
    case 'insert':
      return Buffer.concat([before, change.bytes, after])
    case 'remove':
      return Buffer.concat([before, after.subarray(change.length)])
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, change.length), after])
    case 'cut':
      return before
  }
}

/**
 * Whether there are two byte order marks at the beginning. After these client-go loses the first
 * character of some lines, depending on where its buffer ends.
 */
export function isTwiceMarked(bytes: Uint8Array): boolean {
  return /^(?:efbbbf|fffe|feff){2}/u.test(Buffer.from(bytes.subarray(0, 6)).toString('hex'))
}
