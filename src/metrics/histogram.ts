import type { MetricDefinition } from './definitions.ts'
import type { MetricFamily } from './metric-family.ts'
import { goNumber } from './text-format.ts'

/** A histogram without labels. */
export class Histogram {
  readonly #definition: MetricDefinition & { readonly buckets: readonly number[] }
  /** Of each bucket how many are in it and in no smaller one; the last has no bound. */
  readonly #counts: number[]
  #sum = 0

  /** @param definition Its buckets are the upper bounds, growing, without the infinite one. */
  constructor(definition: MetricDefinition & { readonly buckets: readonly number[] }) {
    this.#definition = definition
    this.#counts = Array.from({ length: definition.buckets.length + 1 }, () => 0)
  }

  /** Counts a value; one that is a bound belongs to the bucket of that bound. */
  observe(value: number): void {
    const { buckets } = this.#definition
    const found = buckets.findIndex((bound) => value <= bound)
    const place = found === -1 ? buckets.length : found
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
    this.#sum += value
  }

  /** What it has counted: each bucket with all smaller ones, then sum and number. */
  family(): MetricFamily {
    const { name, help, buckets } = this.#definition
    let count = 0
    const inBuckets = this.#counts.map((more, place) => {
      count += more
      const le = goNumber(buckets[place] ?? Infinity)
      return { name: `${name}_bucket`, labels: { le }, value: count }
    })
    const samples = [
      ...inBuckets,
      { name: `${name}_sum`, labels: {}, value: this.#sum },
      { name: `${name}_count`, labels: {}, value: count },
    ]
    return { name, help, type: 'histogram', samples }
  }
}
