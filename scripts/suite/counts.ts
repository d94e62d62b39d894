/** How a suite ended. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The line that closes every suite of this project, alone on its line. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** Reads a closing line back; undefined when the line is another one. */
export function readClosingLine(line: string): Counts | undefined {
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line.trimEnd())
  if (match === null) return undefined
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) }
}

/**
 * The counts of a suite that ended with this exit code. Something besides the tests may have
 * failed (a coverage threshold, the runner itself); it counts as one failure.
 */
export function countsOfRun(printed: Counts | undefined, succeeded: boolean): Counts {
  const counts = printed ?? { passed: 0, failed: 0, skipped: 0 }
  const nothingRan = counts.passed + counts.failed + counts.skipped === 0
  const hiddenFailure = counts.failed === 0 && (!succeeded || nothingRan)
  return hiddenFailure ? { ...counts, failed: 1 } : counts
}
