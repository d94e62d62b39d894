/** Which rounds of a trial are played. */
export interface Rounds {
  readonly first: number
  readonly count: number
}

/** Plays rounds, `together` at a time. The first failure ends it. */
export async function atMost(
  together: number,
  { first, count }: Rounds,
  play: (number: number) => Promise<void>,
): Promise<void> {
  let next = first
  const worker = async (): Promise<void> => {
    while (next < first + count) await play(next++)
  }
  await Promise.all(Array.from({ length: together }, worker))
}
