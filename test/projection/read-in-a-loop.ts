/** What every process that reads has seen. */
export interface Reads {
  reads: number
  /** What was not as it should be, the first ten. */
  readonly faults: string[]
}

/** How tight the loop is. */
export interface Pace {
  readonly readsPerTurn: number
  /** Goes on with the next turn. */
  readonly next: (turn: () => void) => void
}

/** Reads until standard input ends, then prints what was seen, in JSON; says on stderr when it has begun. */
export function readInALoop(seen: Reads, read: () => void, { readsPerTurn, next }: Pace): void {
  let isOver = false
  const readOnce = (): void => {
    seen.reads++
    try {
      read()
    } catch (error) {
      if (seen.faults.length < 10) seen.faults.push(String(error))
    }
  }
  const turn = (): void => {
    for (let count = 0; count < readsPerTurn; count++) readOnce()
    if (isOver) process.stdout.write(JSON.stringify(seen))
    else next(turn)
  }
  process.stdin.on('end', () => {
    isOver = true
  })
  process.stdin.resume()
  readOnce()
  process.stderr.write('reading\n')
  turn()
}
