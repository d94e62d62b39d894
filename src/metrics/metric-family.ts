/** The labels of a series, by their names. */
export type MetricLabels = Readonly<Record<string, string>>

/** One number of a metric. */
export interface MetricSample {
  /** Name of the metric; of a histogram with `_bucket`, `_sum` or `_count` at its end. */
  readonly name: string
  readonly labels: MetricLabels
  /** May be infinite. */
  readonly value: number
}

/** A metric with all its numbers. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** In the order in which they are to be written. */
  readonly samples: readonly MetricSample[]
}
