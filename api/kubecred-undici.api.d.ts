// Public surface of "kubecred/undici". After a change that is meant: npm run api:update

import type { Dispatcher } from 'undici'
import type { Duplex } from 'node:stream'
import type { RequestInit } from 'undici'
import type { Response } from 'undici'
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

export type ClusterFetch = Omit<RequestInit, 'dispatcher'> & RetryChoice;

export type ClusterRequest = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method' | 'query'> & RetryChoice & {
    readonly method?: Dispatcher.HttpMethod;
};

export interface ConnectUndiciOptions extends ConnectOptions, UndiciOptions, RetryChoice {
}

export declare class CredentialDispatcher extends Dispatcher {
    #private;
    constructor(wiring: TransportWiring, { http2, ...options }?: UndiciOptions);
    dispatch(options: Dispatcher.DispatchOptions, anyHandler: AnyHandler): boolean;
    withRetries(options?: RetryOptions): Dispatcher;
    close(): Promise<void>;
    close(callback: () => void): void;
    destroy(): Promise<void>;
    destroy(error: Error | null): Promise<void>;
    destroy(callback: () => void): void;
    destroy(error: Error | null, callback: () => void): void;
}

export interface RequestingCluster {
    request(path: string, options: {
        readonly method: 'GET' | 'POST';
        readonly headers: Readonly<Record<string, string>>;
        readonly body?: string;
        readonly signal: AbortSignal;
        readonly retries: false;
    }): Promise<{
        readonly statusCode: number;
        readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
        readonly body: AsyncIterable<Uint8Array>;
    }>;
}

export type TokenClient = (request: TokenClientRequest) => Promise<TokenClientAnswer>;

export interface TokenClientAnswer {
    readonly statusCode: number;
    readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
    readonly body: string;
}

export interface TokenClientRequest {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly body: string | undefined;
    readonly signal: AbortSignal;
}

export interface TransportWiring {
    readonly server: ServerTarget;
    readonly source: CredentialSource;
    readonly rules: HeaderRules;
    readonly http2Disabled?: boolean | undefined;
    readonly http2Probes?: Http2Probes | undefined;
    readonly gets?: GetClients | undefined;
}

export declare class UndiciCluster implements AsyncDisposable {
    #private;
    readonly server: string;
    readonly namespace: string;
    readonly source: CredentialSource;
    readonly dispatcher: CredentialDispatcher;
    constructor(wiring: TransportWiring & ClusterWiring, options: UndiciOptions & RetryChoice);
    url(path: string): URL;
    request(path: string, options?: ClusterRequest): Promise<Dispatcher.ResponseData>;
    fetch(path: string, init?: ClusterFetch): Promise<Response>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface UndiciOptions extends StackOptions, AgentOptions {
    readonly maxStreams?: number | undefined;
    readonly upgradeDrainMs?: number | undefined;
}

export declare function connect(options?: ConnectUndiciOptions): Promise<UndiciCluster>;

export declare function tokenClient(cluster: RequestingCluster): TokenClient;

// Not exported here, but mentioned above.

export declare class Secret {
    #private;
    constructor(value: string);
    reveal(): string;
    toString(): string;
    toJSON(): string;
}

export declare const execApiVersions: readonly ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1', 'client.authentication.k8s.io/v1alpha1'];

export declare const interactiveModes: readonly ['Never', 'IfAvailable', 'Always'];

export interface AgentOptions {
    readonly http2?: boolean | undefined;
    readonly connections?: number | undefined;
}

export interface AllowlistEntry {
    readonly command: string;
}

export interface AuthConfig {
    readonly token: Secret | undefined;
    readonly tokenFile: string;
    readonly username: string;
    readonly password: Secret | undefined;
    readonly clientCertificate: PemSource | undefined;
    readonly clientKey: SecretPemSource | undefined;
    readonly impersonate: Impersonation;
    readonly exec: ExecConfig | undefined;
    readonly authProvider: string;
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

export interface ClusterEntry {
    readonly origin: Origin;
    readonly server: string;
    readonly tlsServerName: string;
    readonly insecureSkipTlsVerify: boolean;
    readonly certificateAuthority: string;
    readonly certificateAuthorityData: Uint8Array;
    readonly proxyUrl: string;
    readonly disableCompression: boolean;
    readonly execExtension: JsonValue;
}

export interface ClusterWiring {
    readonly namespace: string;
    readonly release?: () => Promise<void>;
}

export interface ConnectOptions extends ConnectionOptions {
    readonly plugin?: PluginOptions | undefined;
    readonly renewal?: RenewerOptions | undefined;
    readonly shared?: boolean | undefined;
    readonly userAgent?: string | undefined;
    readonly host?: Host | undefined;
}

export interface ConnectionConfig {
    readonly source: 'kubeconfig' | 'in-cluster';
    readonly files: readonly string[];
    readonly missing: readonly string[];
    readonly context: string;
    readonly cluster: string;
    readonly user: string;
    readonly namespace: string;
    readonly server: ServerConfig;
    readonly auth: AuthConfig;
    readonly warnings: readonly string[];
}

export interface ConnectionOptions extends Overrides {
    readonly kubeconfig?: string | Kubeconfig | undefined;
    readonly connection?: ConnectionConfig | undefined;
}

export interface Connections {
    retire(): void;
    close(): Promise<void>;
    destroy(error: Error): Promise<void>;
}

export interface ContextEntry {
    readonly origin: Origin;
    readonly cluster: string;
    readonly user: string;
    readonly namespace: string;
}

export interface CooldownPolicy {
    readonly firstMs: number;
    readonly maxMs: number;
}

export interface Credential {
    readonly token: Secret | undefined;
    readonly certificate: ClientCertificate | undefined;
    readonly authorization: Secret | undefined;
    readonly expiresAt: number | undefined;
    readonly fingerprint: string;
}

export interface CredentialSource extends AsyncDisposable, AsyncIterable<Credential> {
    readonly name: string;
    current(): Credential | undefined;
    get(options?: WaitOptions): Promise<Credential>;
    rejected(credential: Credential, options?: RejectedOptions): Promise<Credential>;
    renew(options?: WaitOptions): Promise<Credential>;
    credentials(options?: WaitOptions): AsyncIterableIterator<Credential>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Credential>;
    inUse(): () => void;
    onChange(listener: (credential: Credential) => void): () => void;
    close(): Promise<void>;
}

export interface DialTarget {
    readonly host: string;
    readonly port: number;
    readonly signal: AbortSignal;
}

export interface ExecCluster {
    readonly server: string;
    readonly tlsServerName: string;
    readonly insecureSkipTlsVerify: boolean;
    readonly certificateAuthorityData: Uint8Array;
    readonly proxyUrl: string;
    readonly disableCompression: boolean;
    readonly config: JsonValue;
}

export interface ExecConfig {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: readonly {
        readonly name: string;
        readonly value: string;
    }[];
    readonly apiVersion: ExecApiVersion;
    readonly installHint: string;
    readonly provideClusterInfo: boolean;
    readonly interactiveMode: InteractiveMode;
}

export interface ExecEntry {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: readonly {
        readonly name: string;
        readonly value: string;
    }[];
    readonly apiVersion: string;
    readonly installHint: string;
    readonly provideClusterInfo: boolean;
    readonly interactiveMode: string;
}

export interface ExecOptions {
    readonly cluster?: ExecCluster | undefined;
    readonly host?: Host | undefined;
    readonly clock?: Clock | undefined;
    readonly env?: Readonly<Record<string, string>> | undefined;
    readonly inheritEnv?: boolean | readonly string[] | undefined;
    readonly searchPath?: readonly string[] | undefined;
    readonly stderr?: StderrOption | undefined;
    readonly stdinUnavailable?: boolean | undefined;
    readonly stdinUnavailableMessage?: string | undefined;
    readonly policy?: PluginPolicy | undefined;
    readonly policyOrigin?: string | undefined;
    readonly maxOutputBytes?: number | undefined;
}

export interface GetClients {
    readonly single: (settings: GetSettings & SingleSettings) => SingleClient;
    readonly shared: ((settings: GetSettings & SharedSettings, owner: SharedConnectionOwner) => SharedConnection) | undefined;
}

export interface GetSettings {
    readonly origin: string;
    readonly idleMs: number;
    readonly largestHead: number;
    readonly clock: Clock;
}

export interface HeaderRules {
    readonly userAgent: string;
    readonly impersonation: readonly string[];
}

export interface Host {
    readonly platform: NodeJS.Platform;
    readonly env: Environment;
    readonly home: string;
    readonly cwd: string;
    readonly stdinIsTerminal: boolean;
}

export interface Http2Probes {
    readonly readIdleMs: number;
    readonly pingTimeoutMs: number;
}

export interface Impersonation {
    readonly user: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface Kubeconfig {
    readonly files: readonly string[];
    readonly missing: readonly string[];
    readonly currentContext: string;
    readonly contexts: ReadonlyMap<string, ContextEntry>;
    readonly clusters: ReadonlyMap<string, ClusterEntry>;
    readonly users: ReadonlyMap<string, UserEntry>;
}

export interface LegacyHandler {
    onConnect?(abort: (reason?: Error) => void, context: unknown): void;
    onUpgrade?(status: number, headers: Buffer[], socket: Duplex): void;
    onHeaders?(status: number, headers: Buffer[], resume: () => void, text: string): boolean;
    onData?(chunk: Buffer): boolean;
    onComplete?(trailers: Buffer[]): void;
    onError?(error: Error): void;
    onBodySent?(chunk: Buffer): void;
    onRequestSent?(): void;
    onResponseStarted?(): void;
}

export interface Life {
    readonly dueAt: number;
    readonly endsAt: number;
    readonly validFrom?: number | undefined;
}

export interface Origin {
    readonly file: string;
    readonly field: string;
}

export interface OutboundProxy {
    readonly protocol: 'http' | 'https' | 'socks5';
    readonly host: string;
    readonly port: number;
    readonly login: {
        readonly username: Secret;
        readonly password: Secret;
    } | undefined;
}

export interface Overrides {
    readonly context?: string | undefined;
    readonly cluster?: string | undefined;
    readonly user?: string | undefined;
    readonly namespace?: string | undefined;
    readonly server?: string | undefined;
    readonly tlsServerName?: string | undefined;
    readonly insecureSkipTlsVerify?: boolean | undefined;
    readonly certificateAuthority?: string | undefined;
    readonly disableCompression?: boolean | undefined;
    readonly proxyUrl?: string | undefined;
    readonly token?: string | undefined;
    readonly username?: string | undefined;
    readonly password?: string | undefined;
    readonly clientCertificate?: string | undefined;
    readonly clientKey?: string | undefined;
    readonly impersonate?: Partial<Impersonation> | undefined;
}

export interface RejectedOptions extends WaitOptions {
    readonly rejection?: Rejection | undefined;
}

export interface Rejection {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export interface RenewerOptions {
    readonly renewAhead?: number | false | undefined;
    readonly renewWhenIdle?: boolean | 'while-in-use' | undefined;
    readonly schedule?: Schedule | undefined;
    readonly cooldown?: CooldownPolicy | undefined;
    readonly deadlineMs?: number | undefined;
    readonly aheadDeadlineMs?: number | undefined;
    readonly clock?: Clock | undefined;
    readonly random?: Random | undefined;
}

export interface RetryChoice {
    readonly retries?: RetryOptions | false | undefined;
}

export interface RetryOptions {
    readonly max?: number | undefined;
    readonly maxWaitMs?: number | undefined;
}

export interface ServerConfig {
    readonly url: string;
    readonly address: string;
    readonly tlsServerName: string;
    readonly insecureSkipTlsVerify: boolean;
    readonly certificateAuthority: PemSource | undefined;
    readonly proxyUrl: string;
    readonly disableCompression: boolean;
    readonly execExtension: JsonValue;
}

export interface ServerTarget {
    readonly url: string;
    readonly certificateAuthorityPem: string | undefined;
    onAuthorityChange?(listener: () => void): () => void;
    readonly tlsServerName: string;
    readonly insecureSkipTlsVerify: boolean;
    readonly proxy?: OutboundProxy | undefined;
}

export interface SharedConnection {
    readonly busy: boolean;
    readonly hasRoom: boolean;
    readonly leaving: boolean;
    readonly mostAtOnce: number;
    readonly used: boolean;
    dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
    ping(): void;
    retire(): void;
    destroy(error: Error): void;
}

export interface SharedConnectionOwner {
    changed(): void;
    gone(): void;
}

export interface SharedSettings {
    readonly socket: Socket;
    readonly mostAtOnce: number | undefined;
}

export interface SingleClient extends Pick<Connections, 'close' | 'destroy'> {
    readonly destroyed: boolean;
    readonly stats: {
        readonly size: number;
    };
    dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
    on(event: 'connect' | 'disconnect' | 'connectionError' | 'drain', listener: () => void): unknown;
}

export interface SingleSettings {
    readonly connect: buildConnector.connector;
}

export interface StackOptions {
    readonly connect?: Dial | undefined;
    readonly connectTimeoutMs?: number | undefined;
    readonly replayBufferBytes?: number | undefined;
    readonly replayTotalBytes?: number | undefined;
    readonly drainMs?: number | undefined;
    readonly clock?: Clock | undefined;
}

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export interface UserEntry {
    readonly origin: Origin;
    readonly clientCertificate: string;
    readonly clientCertificateData: Uint8Array;
    readonly clientKey: string;
    readonly clientKeyData: Secret | undefined;
    readonly token: Secret | undefined;
    readonly tokenFile: string;
    readonly impersonate: Impersonation;
    readonly username: string;
    readonly password: Secret | undefined;
    readonly authProvider: string | undefined;
    readonly exec: ExecEntry | undefined;
}

export interface WaitOptions {
    readonly signal?: AbortSignal | undefined;
}

export type AnyHandler = Dispatcher.DispatchHandler | LegacyHandler;

export type Dial = (target: DialTarget) => Promise<Duplex>;

export type Environment = Readonly<Record<string, string | undefined>>;

export type ExecApiVersion = (typeof execApiVersions)[number];

export type InteractiveMode = (typeof interactiveModes)[number];

export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | {
    readonly [key: string]: JsonValue;
};

export type PemSource = {
    readonly kind: 'data';
    readonly pem: Uint8Array;
} | {
    readonly kind: 'file';
    readonly path: string;
};

export type PluginOptions = Pick<ExecOptions, 'env' | 'inheritEnv' | 'searchPath' | 'stderr' | 'stdinUnavailable' | 'stdinUnavailableMessage' | 'policy' | 'policyOrigin' | 'maxOutputBytes'>;

export type PluginPolicy = {
    readonly policyType: 'AllowAll' | 'DenyAll';
    readonly allowlist?: undefined;
} | {
    readonly policyType: 'Allowlist';
    readonly allowlist: readonly AllowlistEntry[];
};

export type Random = () => number;

export type Schedule = (credential: Credential, receivedAt: number) => Life;

export type SecretPemSource = {
    readonly kind: 'data';
    readonly pem: Secret;
} | {
    readonly kind: 'file';
    readonly path: string;
};

export type StderrOption = 'inherit' | 'ignore' | StderrSink;

export type StderrSink = (chunk: Uint8Array) => void;
