/** Calls what is somebody else's: what it throws is nothing to the others, and nobody's to catch. */
export function callApart(then: () => void): void {
  try {
    then()
  } catch (error) {
    throwApart(error)
  }
}

/** Throws where nobody catches it. */
export function throwApart(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
