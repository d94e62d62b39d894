// Public surface of "kubecred/file". After a change that is meant: npm run api:update

export interface CertificateFiles {
    readonly certificate: string;
    readonly key: string;
}

export interface ClientCertificate {
    readonly certificatePem: string;
    readonly privateKeyPem: Secret;
    readonly notBefore: number;
    readonly notAfter: number;
    readonly subject: string;
    readonly fingerprint: string;
}

export interface Clock {
    now(): number;
    monotonic(): number;
    after(ms: number, then: () => void): Timer;
}

export interface RotatingFile<Value> extends AsyncDisposable, AsyncIterable<Value> {
    readonly files: readonly string[];
    current(): Value;
    reload(): Promise<Value>;
    values(options?: ValuesOptions): AsyncIterableIterator<Value, undefined>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Value, undefined>;
    close(): Promise<void>;
}

export interface RotatingFileOptions {
    readonly clock?: Clock | undefined;
}

export declare class Secret {
    #private;
    constructor(value: string);
    reveal(): string;
    toString(): string;
    toJSON(): string;
}

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export interface ValuesOptions {
    readonly signal?: AbortSignal | undefined;
}

export declare function openCertificateFiles({ certificate, key }: CertificateFiles, options?: RotatingFileOptions): Promise<RotatingFile<ClientCertificate>>;

export declare function openFile(path: string, options?: RotatingFileOptions): Promise<RotatingFile<Uint8Array>>;

export declare function openTokenFile(path: string, options?: RotatingFileOptions): Promise<RotatingFile<string>>;
