const nothing = new Int32Array(new SharedArrayBuffer(4))

/** Has the whole process do nothing for so many milliseconds; what comes in waits with the system. */
export function standStill(ms: number): void {
  Atomics.wait(nothing, 0, 0, ms)
}
