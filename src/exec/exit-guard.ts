const running = new Set<() => void>()

/**
 * Stops something when this process exits. One listener serves all, and only while there are any.
 *
 * @returns A function that takes the guard away again.
 */
export function stopAtExit(stop: () => void): () => void {
  if (running.size === 0) process.on('exit', stopAll)
  running.add(stop)
  return () => {
    running.delete(stop)
    if (running.size === 0) process.off('exit', stopAll)
  }
}

function stopAll(): void {
  for (const stop of running) stop()
}
