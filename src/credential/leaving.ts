/** Those that leave when a signal is aborted. */
interface Crowd {
  readonly leave: Set<() => void>
  readonly listener: () => void
}

// A signal's listeners are a list that it walks to take one away: with thousands of waits under one
// signal, as a server's shutdown has them, their end would take the square of that.
const crowds = new WeakMap<AbortSignal, Crowd>()

/**
 * Calls `leave` once when the signal is aborted, through one listener for all that wait under it.
 *
 * @returns Ends that; further calls do nothing.
 */
export function onceAborted(signal: AbortSignal, leave: () => void): () => void {
  const crowd = crowds.get(signal) ?? gather(signal)
  // Two that give the same function are two.
  const own = (): void => leave()
  crowd.leave.add(own)
  return () => {
    if (!crowd.leave.delete(own) || crowd.leave.size > 0) return
    signal.removeEventListener('abort', crowd.listener)
    crowds.delete(signal)
  }
}

function gather(signal: AbortSignal): Crowd {
  const leave = new Set<() => void>()
  const listener = (): void => {
    crowds.delete(signal)
    for (const one of leave) {
      leave.delete(one)
      one()
    }
  }
  const crowd = { leave, listener }
  crowds.set(signal, crowd)
  signal.addEventListener('abort', listener, { once: true })
  return crowd
}
