// Public surface of "kubecred". After a change that is meant: npm run api:update

import type { Duplex } from 'node:stream'

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

export type AuthMethod = 'exec' | 'token-file' | 'token' | 'basic' | 'certificate' | 'none';

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

export interface CredentialParts {
    readonly token?: string | undefined;
    readonly basic?: {
        readonly username: string;
        readonly password: string;
    } | undefined;
    readonly certificate?: ClientCertificate | undefined;
    readonly expiresAt?: number | undefined;
}

export interface CredentialProvider {
    readonly name: string;
    readonly kind?: string | undefined;
    readonly runsAhead: boolean;
    provide(request: ProvideRequest): Promise<Credential>;
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

export type Dial = (target: DialTarget) => Promise<Duplex>;

export interface DialTarget {
    readonly host: string;
    readonly port: number;
    readonly signal: AbortSignal;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type ErrorCode = 
'ERR_KUBECONFIG_NOT_FOUND'
 | 'ERR_KUBECONFIG_UNREADABLE'
 | 'ERR_KUBECONFIG_INVALID'
 | 'ERR_KUBECONFIG_NO_SUCH_ENTRY'
 | 'ERR_KUBERC'
 | 'ERR_NO_CONFIGURATION'
 | 'ERR_IN_CLUSTER'
 | 'ERR_EXEC_CONFIG'
 | 'ERR_EXEC_POLICY'
 | 'ERR_EXEC_NOT_ALLOWED'
 | 'ERR_EXEC_NOT_FOUND'
 | 'ERR_EXEC_START'
 | 'ERR_EXEC_FAILED'
 | 'ERR_EXEC_INTERACTIVE'
 | 'ERR_EXEC_OUTPUT_LIMIT'
 | 'ERR_EXEC_REPLY'
 | 'ERR_CREDENTIAL_INVALID'
 | 'ERR_CREDENTIAL_FILE'
 | 'ERR_RENEWAL_DEADLINE'
 | 'ERR_TOKEN_REQUEST'
 | 'ERR_TOKEN_REPLY'
 | 'ERR_TOKEN_ACCOUNT'
 | 'ERR_TOKEN_STORE'
 | 'ERR_CLOSED'
 | 'ERR_FOREIGN_ORIGIN'
 | 'ERR_TRANSPORT_CONFIG'
 | 'ERR_CONNECTION'
 | 'ERR_TIMEOUT'
 | 'ERR_STREAM_LIMIT'
 | 'ERR_DRAINED'
 | 'ERR_PROJECTION_INVALID'
 | 'ERR_PROJECTION_SOURCE'
 | 'ERR_PROJECTION_DIRECTORY';

export interface ErrorDetails {
    readonly file?: string;
    readonly line?: number;
    readonly field?: string;
    readonly options?: readonly string[];
    readonly command?: string;
    readonly exitCode?: number;
    readonly stderrTail?: string;
    readonly statusCode?: number;
    readonly reason?: string;
    readonly retryAfterMs?: number;
    readonly retryInMs?: number;
}

export type ExecApiVersion = (typeof execApiVersions)[number];

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

export interface ExecCredential {
    readonly kind: typeof execCredentialKind;
    readonly apiVersion: ExecApiVersion;
    readonly status: ExecCredentialStatus;
}

export interface ExecCredentialStatus {
    readonly token?: string | undefined;
    readonly clientCertificateData?: string | undefined;
    readonly clientKeyData?: string | undefined;
    readonly expirationTimestamp?: string | undefined;
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

export interface Host {
    readonly platform: NodeJS.Platform;
    readonly env: Environment;
    readonly home: string;
    readonly cwd: string;
    readonly stdinIsTerminal: boolean;
}

export type InteractiveMode = (typeof interactiveModes)[number];

export type JsonObject = {
    readonly [key: string]: JsonValue;
};

export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | {
    readonly [key: string]: JsonValue;
};

export interface Kubeconfig {
    readonly files: readonly string[];
    readonly missing: readonly string[];
    readonly currentContext: string;
    readonly contexts: ReadonlyMap<string, ContextEntry>;
    readonly clusters: ReadonlyMap<string, ClusterEntry>;
    readonly users: ReadonlyMap<string, UserEntry>;
}

export declare class KubecredError extends Error {
    readonly name: string;
    readonly code: ErrorCode;
    readonly hint: string | undefined;
    readonly details: ErrorDetails;
    constructor(code: ErrorCode, message: string, options?: KubecredErrorOptions);
    static [Symbol.hasInstance](value: unknown): boolean;
}

export type KubecredEventName = keyof KubecredEvents;

export interface KubecredEvents {
    'kubecred:exec:policy': {
        readonly command: string;
        readonly allowed: boolean;
    };
    'kubecred:exec:start': {
        readonly command: string;
        readonly interactive: boolean;
        readonly reason: RenewalReason;
        readonly pid: number;
    };
    'kubecred:exec:end': {
        readonly command: string;
        readonly ok: boolean;
        readonly started: boolean;
        readonly exitCode: number | undefined;
        readonly durationMs: number;
        readonly errorCode: string | undefined;
    };
    'kubecred:credential:renewed': {
        readonly source: string;
        readonly kind: string | undefined;
        readonly reason: RenewalReason;
        readonly changed: 'token' | 'certificate' | 'both' | 'nothing';
        readonly certificate: Validity | undefined;
        readonly replaced: Validity | undefined;
        readonly durationMs: number;
        readonly expiresAt: number | undefined;
    };
    'kubecred:credential:failed': {
        readonly source: string;
        readonly reason: RenewalReason;
        readonly errorCode: string | undefined;
        readonly message: string;
        readonly hint: string | undefined;
        readonly durationMs: number;
        readonly usable: boolean;
        readonly retryInMs: number;
    };
    'kubecred:credential:rejected': {
        readonly source: string;
        readonly fingerprint: string;
    };
    'kubecred:file:changed': {
        readonly files: readonly string[];
    };
    'kubecred:file:failed': {
        readonly files: readonly string[];
        readonly errorCode: string | undefined;
        readonly message: string;
        readonly retryInMs: number;
    };
    'kubecred:token:warning': {
        readonly namespace: string;
        readonly serviceAccount: string;
        readonly warning: string;
    };
    'kubecred:token:recreated': {
        readonly namespace: string;
        readonly serviceAccount: string;
        readonly previousUid: string;
        readonly uid: string | undefined;
        readonly dropped: number;
    };
    'kubecred:token:check-failed': {
        readonly namespace: string;
        readonly serviceAccount: string;
        readonly errorCode: string | undefined;
        readonly message: string;
    };
    'kubecred:token:removed': {
        readonly why: 'expired' | 'evicted' | 'deleted';
        readonly count: number;
    };
    'kubecred:projection:written': {
        readonly directory: string;
        readonly changed: boolean;
        readonly tokensEndAt: number | undefined;
        readonly leftovers: readonly string[];
    };
    'kubecred:projection:failed': {
        readonly directory: string;
        readonly part: 'token' | 'objects' | 'directory';
        readonly errorCode: string | undefined;
        readonly message: string;
        readonly hint: string | undefined;
        readonly retryInMs: number;
        readonly usable: boolean;
    };
    'kubecred:token:restored': {
        readonly count: number;
    };
    'kubecred:token:store-failed': {
        readonly operation: 'load' | 'save';
        readonly errorCode: string | undefined;
        readonly message: string;
    };
    'kubecred:transport:replay': {
        readonly server: string;
        readonly method: string;
    };
    'kubecred:transport:retry': {
        readonly server: string;
        readonly method: string;
        readonly attempt: number;
        readonly waitMs: number;
        readonly statusCode: number | undefined;
        readonly errorCode: string | undefined;
    };
    'kubecred:transport:rotation': {
        readonly server: string;
        readonly draining: number;
    };
}

export interface Life {
    readonly dueAt: number;
    readonly endsAt: number;
    readonly validFrom?: number | undefined;
}

export interface LoadOptions {
    readonly path?: string | undefined;
    readonly host?: Host | undefined;
}

export interface LoadedPluginPolicy {
    readonly policy: PluginPolicy;
    readonly stated: boolean;
    readonly file: string | undefined;
    readonly warnings: readonly string[];
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

export type PluginOptions = Pick<ExecOptions, 'env' | 'inheritEnv' | 'searchPath' | 'stderr' | 'stdinUnavailable' | 'stdinUnavailableMessage' | 'policy' | 'policyOrigin' | 'maxOutputBytes'>;

export type PluginPolicy = {
    readonly policyType: 'AllowAll' | 'DenyAll';
    readonly allowlist?: undefined;
} | {
    readonly policyType: 'Allowlist';
    readonly allowlist: readonly AllowlistEntry[];
};

export interface PluginPolicyOptions {
    readonly path?: string | undefined;
    readonly strict?: boolean | undefined;
    readonly host?: Host | undefined;
}

export interface ProvideRequest {
    readonly reason: RenewalReason;
    readonly ahead: boolean;
    readonly signal: AbortSignal;
    readonly explain?: ((soFar: () => ErrorDetails | KubecredError) => void) | undefined;
    readonly whenWanted?: ((then: () => void) => void) | undefined;
    readonly rejection?: Rejection | undefined;
}

export type Random = () => number;

export interface RejectedOptions extends WaitOptions {
    readonly rejection?: Rejection | undefined;
}

export interface Rejection {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export type RenewalReason = 
'first'
 | 'due'
 | 'expired'
 | 'rejected'
 | 'requested';

export declare class Renewer implements CredentialSource {
    #private;
    constructor(provider: CredentialProvider, options?: RenewerOptions | RenewerSettings);
    get name(): string;
    current(): Credential | undefined;
    get({ signal }?: WaitOptions): Promise<Credential>;
    rejected({ fingerprint }: Credential, options?: RejectedOptions): Promise<Credential>;
    renew({ signal }?: WaitOptions): Promise<Credential>;
    withdraw(isIt: (credential: Credential) => boolean): void;
    get held(): Credential | undefined;
    get isVacant(): boolean;
    credentials({ signal }?: WaitOptions): AsyncIterableIterator<Credential>;
    [Symbol.asyncIterator](): AsyncIterableIterator<Credential>;
    inUse(): () => void;
    onChange(listener: (credential: Credential) => void): () => void;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
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

export type Schedule = (credential: Credential, receivedAt: number) => Life;

export declare class Secret {
    #private;
    constructor(value: string);
    reveal(): string;
    toString(): string;
    toJSON(): string;
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

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export interface UncheckedPolicy {
    readonly policyType: string;
    readonly allowlist?: readonly {
        readonly command?: string | undefined;
    }[] | undefined;
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

export declare function authMethod(auth: AuthConfig): AuthMethod;

export declare function chooseConnection(options?: ConnectionOptions, host?: Host): Promise<ConnectionConfig>;

export declare function createCredential(parts: CredentialParts): Credential;

export declare function credentialSource(config: ConnectionConfig, options?: Pick<ConnectOptions, 'plugin' | 'renewal' | 'host' | 'shared'>): Promise<CredentialSource>;

export declare function execProvider(config: ExecConfig, options?: ExecOptions): CredentialProvider;

export declare function fixedProvider(name: string, credential: Credential): CredentialProvider;

export declare function inClusterConnection(options?: InClusterOptions): Promise<ConnectionConfig | undefined>;

export declare function isStreamingPath(path: string): boolean;

export declare function loadKubeconfig(options?: LoadOptions): Promise<Kubeconfig>;

export declare function loadPluginPolicy(options?: PluginPolicyOptions): Promise<LoadedPluginPolicy>;

export declare function readClientCertificate(certificatePem: string, privateKeyPem: string): ClientCertificate;

export declare function readPluginPolicy(unchecked: UncheckedPolicy, host?: Pick<Host, 'platform'>): PluginPolicy;

export declare function selectConnection(config: Kubeconfig, overrides?: Overrides): ConnectionConfig;

export declare function shareOfLife(share: number): Schedule;

export declare function subscribe<Name extends KubecredEventName>(name: Name, listener: (event: KubecredEvents[Name]) => void): () => void;

export declare const systemClock: Clock;

export declare function thisHost(): Host;

export declare const version = "0.1.0";

// Not exported here, but mentioned above.

export declare class ClockWatch {
    #private;
    private constructor();
    static of(this: void, clock: Clock): ClockWatch;
    get era(): number;
    time(): number;
    timeAt(now: number): number;
}

export declare const execApiVersions: readonly ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1', 'client.authentication.k8s.io/v1alpha1'];

export declare const execCredentialKind = "ExecCredential";

export declare const interactiveModes: readonly ['Never', 'IfAvailable', 'Always'];

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

export interface Impersonation {
    readonly user: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface InClusterOptions {
    readonly host?: Host | undefined;
    readonly directory?: string | undefined;
    readonly overrides?: Overrides | undefined;
}

export interface KubecredErrorOptions {
    readonly cause?: unknown;
    readonly hint?: string | undefined;
    readonly details?: ErrorDetails;
}

export interface Origin {
    readonly file: string;
    readonly field: string;
}

export interface RenewerSettings {
    readonly schedule: Schedule;
    readonly ownSchedule: boolean;
    readonly renewWhenIdle: boolean | 'while-in-use';
    readonly cooldown: CooldownPolicy;
    readonly deadlineMs: number;
    readonly aheadDeadlineMs: number;
    readonly clock: Clock;
    readonly watch: ClockWatch;
    readonly random: Random;
}

export interface Validity {
    readonly notBefore: number;
    readonly notAfter: number;
}

export type PemSource = {
    readonly kind: 'data';
    readonly pem: Uint8Array;
} | {
    readonly kind: 'file';
    readonly path: string;
};

export type SecretPemSource = {
    readonly kind: 'data';
    readonly pem: Secret;
} | {
    readonly kind: 'file';
    readonly path: string;
};

export type StderrOption = 'inherit' | 'ignore' | StderrSink;

export type StderrSink = (chunk: Uint8Array) => void;
