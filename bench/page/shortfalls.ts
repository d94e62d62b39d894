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
    group: 'proxy',
    measure: 'requests',
    why: 'one thread, where kubectl has all processors, and a third of its time is the system writing to sockets; the processor time for each request is two thirds to four fifths of that of kubectl',
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
