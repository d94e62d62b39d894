/** Calls what is somebody else's: what it throws is nothing to the others, and nobody's to catch. */
export function callApart(then: () => void): void {
  try {
    then()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
