import type { MetricDefinition } from './definitions.ts'
import type { MetricLabels, MetricFamily } from './metric-family.ts'

/** A counter with one series for each combination of labels that it has seen. */
export class Counter {
  readonly #definition: MetricDefinition
  readonly #series = new Map<string, { readonly labels: MetricLabels; value: number }>()

  constructor(definition: MetricDefinition) {
    this.#definition = definition
  }

  /** Counts one more. The labels always have the same names, in alphabetical order. */
  add(labels: MetricLabels): void {
    const key = Object.values(labels).join('\0')
    const series = this.#series.get(key)
    if (series === undefined) this.#series.set(key, { labels: { ...labels }, value: 1 })
    else series.value += 1
  }

  /** What it has counted, ordered by the values of the labels. */
  family(): MetricFamily {
    const { name, help } = this.#definition
    const series = [...this.#series].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const samples = series.map(([, { labels, value }]) => ({ name, labels, value }))
    return { name, help, type: 'counter', samples }
  }
}
