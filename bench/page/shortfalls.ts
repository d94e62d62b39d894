/** Why a figure is short of its goal. */
export interface Shortfall {
  /** Name of the group. */
  readonly group: string
  /** The row; every row of the group where it is left out. */
  readonly work?: string
  /** The measure; every measure where it is left out. */
  readonly measure?: string
  /** A sentence without its first capital and its full stop. */
  readonly why: string
}

/** What is known of why; read only while the goal is not met. */
export const shortfalls: readonly Shortfall[] = [
  {
    group: 'dispatcher',
    measure: 'requests',
    why: 'the pairs of a run lie a factor of two apart where neighbours take the machine’s time; three runs on one day gave this row 0.97, 0.89 and 0.97',
  },
  {
    group: 'proxy',
    measure: 'requests',
    work: 'server with HTTP/2, 1 at a time',
    why: 'with one request at a time the processes mostly wake each other: a request takes five times the processor time that it takes with 64, and HTTP/1.1 is no faster; runs of this row gave 1.32 on one day, 1.12 and 1.10 on another',
  },
  {
    group: 'proxy',
    measure: 'requests',
    work: 'server with HTTP/1.1 only, 64 at a time',
    why: 'one thread, which sends each request in a write of its own and reads each answer by itself: two of those, to the client and to the server, take half of the time; over HTTP/2, which every API server speaks, those to the server leave together',
  },
  {
    group: 'tokens',
    measure: 'time for each',
    work: 'a cached get, any of 100,000 keys',
    why: 'a key takes 0.4 µs where its objects are in the processor’s cache, and the rest is waiting for memory: a third for the request and a map of so many keys, a third to compare both, whose texts lie about in the heap where the kubelet’s key is one',
  },
  {
    group: 'tokens',
    measure: 'growth of memory',
    why: 'a token takes 2.1 KB here; the rest is the young generation of V8, which grows to 130 MiB while so many objects survive it and stays there: hence the row with a bound to it',
  },
  {
    group: 'tokens',
    measure: 'longest slice',
    why: 'a slice of the sweep looks at 25 tokens and takes half a millisecond when none of them is at the processor’s hand, unless a collection of garbage falls into it',
  },
]

/** The reason for one figure, the closest that there is. */
export function whyShort(
  known: readonly Shortfall[],
  group: string,
  work: string,
  measure: string,
): string | undefined {
  const fitting = known.filter(
    (one) =>
      one.group === group && (one.work ?? work) === work && (one.measure ?? measure) === measure,
  )
  const closest = fitting.toSorted((a, b) => closeness(b) - closeness(a))[0]
  return closest?.why
}

function closeness({ work, measure }: Shortfall): number {
  return (work === undefined ? 0 : 2) + (measure === undefined ? 0 : 1)
}
