import { vi } from 'vitest'

/** Waits until a condition holds; a machine that is busy gets its time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 15_000, interval: 10 })
}
