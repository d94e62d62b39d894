// Public surface of "kubecred/metrics". After a change that is meant: npm run api:update

export interface Clock {
    now(): number;
    monotonic(): number;
    after(ms: number, then: () => void): Timer;
}

export interface MetricFamily {
    readonly name: string;
    readonly help: string;
    readonly type: 'counter' | 'gauge' | 'histogram';
    readonly samples: readonly MetricSample[];
}

export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricSample {
    readonly name: string;
    readonly labels: MetricLabels;
    readonly value: number;
}

export declare class Metrics implements Disposable {
    #private;
    constructor({ clock }?: MetricsOptions);
    families(): readonly MetricFamily[];
    text(): string;
    close(): void;
    [Symbol.dispose](): void;
}

export interface MetricsOptions {
    readonly clock?: Clock | undefined;
}

export interface PromClient<Registry> {
    readonly Counter: new (metric: PromMetric<Registry> & {
        readonly labelNames: string[];
    }) => {
        inc(labels: Record<string, string>): void;
    };
    readonly Gauge: new (metric: PromMetric<Registry> & {
        readonly aggregator: 'min';
        readonly collect: (this: {
            set(value: number): void;
        }) => void;
    }) => object;
    readonly Histogram: new (metric: PromMetric<Registry> & {
        readonly buckets: number[];
    }) => {
        observe(value: number): void;
    };
}

export interface PromMetric<Registry> {
    readonly name: string;
    readonly help: string;
    readonly registers: Registry[];
}

export interface PromRegistry {
    removeSingleMetric(name: string): void;
}

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export declare class VolumeMetrics implements Disposable {
    #private;
    constructor({ clock }?: MetricsOptions);
    families(): readonly MetricFamily[];
    text(): string;
    close(): void;
    [Symbol.dispose](): void;
}

export declare function formatMetrics(families: readonly MetricFamily[]): string;

export declare const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

export declare function registerMetrics<Registry extends PromRegistry>(client: PromClient<Registry>, registry: Registry, { clock }?: MetricsOptions): () => void;
