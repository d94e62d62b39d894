/** How many requests a second are answered when so many are always under way. */
export async function requestRate(
  send: () => Promise<void>,
  concurrency: number,
  ms: number,
): Promise<number> {
  const startedAt = performance.now()
  const end = startedAt + ms
  let count = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await send()
      count++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (count * 1000) / (performance.now() - startedAt)
}
