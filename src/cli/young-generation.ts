import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

// Smaller, and what is needed a moment longer has to be moved out of it, which costs time and in the
// end more memory; larger, and nothing gets faster.
const enough = 8 * 2 ** 20

/**
 * Keeps the space for new objects from growing for ever: it stays as it is when it has 8 MiB, or a few
 * more after a burst.
 *
 * V8 enlarges it, up to twice 32 MiB, whenever enough objects have outlived a collection, and under
 * load it gets there in seconds: a third of what a proxy then takes. But nearly all that a request
 * needs is garbage when it is answered.
 *
 * V8 reads this flag each time that it would enlarge the space, so it may be set at any moment.
 */
export function boundYoungGeneration(): void {
  const observer = new PerformanceObserver(() => {
    if (sizeOfYoungGeneration() < enough) return
    observer.disconnect()
    setFlagsFromString('--semi-space-growth-factor=1')
  })
  observer.observe({ entryTypes: ['gc'] })
}

function sizeOfYoungGeneration(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0
}
