import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

// Smaller, and what is needed a moment longer has to be moved out of it, which costs time and in the
// end more memory; larger, and nothing gets faster.
const enough = 4 * 2 ** 20

/**
 * Keeps V8 from taking memory for speed that a proxy has no use for.
 *
 * To be called before WebAssembly is used; V8 reads these flags whenever it would act on them.
 */
export function boundMemory(): void {
  boundYoungGeneration()
  boundCompiler()
  boundPool()
}

/**
 * The space for new objects stays as it is when it has 4 MiB, or a few more after a burst. V8 enlarges
 * it, up to twice 32 MiB, whenever enough objects have outlived a collection, and under load it gets
 * there in seconds: a third of what a proxy then takes. But nearly all that a request needs is garbage
 * when it is answered.
 */
function boundYoungGeneration(): void {
  const observer = new PerformanceObserver(() => {
    if (sizeOfYoungGeneration() < enough) return
    observer.disconnect()
    setFlagsFromString('--semi-space-growth-factor=1')
  })
  observer.observe({ entryTypes: ['gc'] })
}

/**
 * The optimizing compiler takes one function at a time, and leaves WebAssembly alone: for the one large
 * function of llhttp it takes 25 MiB, which the system never sees again, to save a request 2 µs.
 */
function boundCompiler(): void {
  setFlagsFromString('--concurrent-turbofan-max-threads=1')
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
}

/**
 * Small buffers are cut from larger ones, and what is cut from one keeps all of it. One that is in use at
 * two collections in a row stays until a third that comes once in a minute: by then they are megabytes.
 */
function boundPool(): void {
  Buffer.poolSize = 1024
}

function sizeOfYoungGeneration(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0
}
