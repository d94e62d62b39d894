import fc from 'fast-check'

import type { RawRequest } from './raw-request.ts'

/** As many requests, the same ones at every run. */
export function generatedRequests(count: number, seed: number): readonly RawRequest[] {
  return fc.sample(request, { numRuns: count, seed })
}

const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant('GET') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
)

const name = fc.constantFrom('localhost', '127.0.0.1', '[::1]', 'evil.example', '127.1')
const host = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('localhost', 'localhost:8001', '127.0.0.1:8001') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, fc.constantFrom('', '.', '.evil.example', '.nip.io'), fc.nat(65_535))
      .map(([first, rest, port]) => `${first}${rest}:${port}`),
  },
)

const word = fc.constantFrom(
  ...['api', 'apis', 'v1', 'namespaces', 'x', 'pods', 'exec', 'attach', 'log', 'proxy'],
  ...[
    'version',
    'watch',
    'secrets',
    'EXEC',
    'a;b',
    '.',
    '..',
    '...',
    '',
    'a b',
    'x\r',
    'x\n',
    '\0',
  ],
)

// Half of the bytes of a segment in disguise, all of them, or none.
const disguise = fc.oneof(
  { weight: 4, arbitrary: fc.constant([false]) },
  { weight: 1, arbitrary: fc.constant([true]) },
  { weight: 2, arbitrary: fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }) },
)
const segment = fc.tuple(word, disguise).map(([text, which]) => encode(text, which))

const slash = fc.oneof(
  { weight: 16, arbitrary: fc.constant('/') },
  { weight: 1, arbitrary: fc.constantFrom('%2F', '%2f', '%252F', '//', '/./', '/%2e/', '/../') },
)

/** A way to the exec of a pod that goes astray here and there. */
const toPod = fc
  .tuple(
    fc.array(slash, { minLength: 7, maxLength: 7 }),
    fc.array(fc.tuple(disguise, fc.option(segment, { freq: 8 })), { minLength: 7, maxLength: 7 }),
    fc.constantFrom('exec', 'attach', 'log', 'portforward'),
  )
  .map(([slashes, astray, last]) =>
    ['api', 'v1', 'namespaces', 'x', 'pods', 'y', last]
      .map((text, index) => {
        const [which = [false], other = null] = astray[index] ?? []
        return `${slashes[index] ?? '/'}${other ?? encode(text, which)}`
      })
      .join(''),
  )

const anywhere = fc
  .array(fc.tuple(slash, segment), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.flat().join(''))

const query = fc.constantFrom('', '', '', '?', '?a=b', '?watch=true', '?a=/../b//c', '?a=%zz')

const target = fc
  .tuple(
    fc.oneof({ weight: 20, arbitrary: fc.constant('') }, { weight: 1, arbitrary: name }),
    fc.oneof(toPod, anywhere),
    query,
  )
  .map(
    ([inLine, path, rest]) =>
      `${inLine === '' ? '' : `http://${inLine}`}/${path.replace(/^\//u, '')}${rest}`,
  )

const request: fc.Arbitrary<RawRequest> = fc.record({
  method,
  target,
  hosts: host.map((one) => [one]),
})

/** Percent-encodes the bytes that are to be, by turns, and those that have to be. */
function encode(text: string, which: readonly boolean[]): string {
  return text.replaceAll(/[^]/gu, (char, index: number) => {
    const wanted = which[index % which.length] === true
    return wanted || char <= ' ' ? `%${hex(char)}` : char
  })
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')
}
