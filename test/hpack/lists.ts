import fc from 'fast-check'

const latin1 = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'))

// So few that fields and names come again.
const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...[':method', ':path', ':scheme', ':authority', ':status', 'accept', 'authorization'],
      ...['user-agent', 'x-forwarded-for', 'audit-id', 'content-length', 'date', 'x', ''],
    ),
  },
  { weight: 1, arbitrary: latin1(40) },
)

const value = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['GET', 'https', '/', '/index.html', '200', '404', 'application/json', '', 'a', 'b', 'c'],
      ...['Bearer abc', 'kubectl/v1.36.3', 'Mon, 21 Oct 2013 20:13:21 GMT', 'x'.repeat(300)],
      ...['/api/v1/pods?limit=500', '\u00ff\u0080', '\n\u0000', 'y'.repeat(2500), 'z'.repeat(5000)],
    ),
  },
  { weight: 4, arbitrary: fc.nat(9999).map(String) },
  { weight: 4, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: latin1(200) },
)

/** Any list of headers: names and values in turn. */
export const headerList: fc.Arbitrary<string[]> = fc
  .array(fc.tuple(name, value), { maxLength: 12 })
  .map((fields) => fields.flat())

/** A size of the table, small ones above all. */
export const tableSize: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 31, 32, 33, 4095, 4096, 4097),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 10_000 }),
)

/** A block to be sent: the sizes that the table is allowed before it, in turn, and its list. */
export interface Step {
  readonly sizes: readonly number[]
  readonly list: readonly string[]
}

/** Blocks of one connection, in their order. Most of them change no size. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    sizes: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(tableSize, { maxLength: 3 }) },
    ),
    list: headerList,
  }),
  { minLength: 1, maxLength: 20 },
)
