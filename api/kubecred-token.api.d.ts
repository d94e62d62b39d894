// Public surface of "kubecred/token". After a change that is meant: npm run api:update

export declare class AtomicWriter {
    #private;
    readonly directory: string;
    constructor(directory: string, options?: AtomicWriterOptions);
    write(payload: Payload): Promise<WriteResult>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface AtomicWriterOptions {
    readonly durable?: boolean;
    readonly lingerMs?: number;
    readonly clock?: Clock;
    readonly process?: ProcessView;
}

export interface BoundObjectReference {
    readonly kind?: string | undefined;
    readonly apiVersion?: string | undefined;
    readonly name?: string | undefined;
    readonly uid?: string | undefined;
}

export interface ClusterObjectsOptions {
    readonly client: TokenClient;
    readonly namespace: string;
    readonly requestTimeoutMs?: number | undefined;
    readonly clock?: Clock | undefined;
}

export interface ConfigMapContent {
    readonly data?: Readonly<Record<string, string>> | null | undefined;
    readonly binaryData?: Readonly<Record<string, string>> | null | undefined;
}

export interface ConfigMapProjection extends ObjectProjection {
    readonly kind: 'configMap';
}

export interface DefaultVolumeOptions {
    readonly audience?: string;
    readonly expirationSeconds?: number;
    readonly path?: string;
}

export interface DownwardProjection {
    readonly kind: 'downwardAPI';
    readonly items: readonly ProjectedField[];
}

export interface FileTokenStoreOptions {
    readonly file: string;
    readonly scope: string;
}

export interface GrantedLife {
    readonly expiresAt: number;
    readonly expirationSeconds: number;
}

export interface ObjectReader {
    configMap(name: string, signal: AbortSignal): Promise<ConfigMapContent | undefined>;
    secret(name: string, signal: AbortSignal): Promise<SecretContent | undefined>;
}

export type Payload = ReadonlyMap<string, ProjectedFile>;

export interface PodFacts {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly serviceAccountName?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

export interface ProcessView {
    readonly pid: number;
    ageMs(): number;
    isAlive(pid: number): boolean;
}

export interface ProjectedField {
    readonly fieldPath: string;
    readonly path: string;
    readonly mode: number | undefined;
}

export interface ProjectedFile {
    readonly data: Uint8Array;
    readonly mode: number;
    readonly uid?: number | undefined;
    readonly gid?: number | undefined;
}

export interface ProjectedKey {
    readonly key: string;
    readonly path: string;
    readonly mode: number | undefined;
}

export interface ProjectedVolume {
    readonly defaultMode: number | undefined;
    readonly sources: readonly VolumeProjection[];
}

export interface ProjectionInputs {
    readonly tokens: ReadonlyMap<TokenProjection, Secret>;
    readonly configMaps?: ReadonlyMap<string, ConfigMapContent>;
    readonly secrets?: ReadonlyMap<string, SecretContent>;
    readonly facts?: PodFacts;
    readonly fsUser?: number | undefined;
    readonly fsGroup?: number | undefined;
}

export interface ReceivedLife extends GrantedLife {
    readonly receivedAt: number;
}

export interface SecretContent {
    readonly data?: Readonly<Record<string, string>> | null | undefined;
}

export interface SecretProjection extends ObjectProjection {
    readonly kind: 'secret';
}

export interface ServiceAccountToken extends Credential, GrantedLife {
    readonly token: Secret;
    readonly certificate: undefined;
    readonly authorization: Secret;
    readonly expiresAt: number;
    readonly expirationSeconds: number;
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly audiences: readonly string[];
    readonly serviceAccountUid: string | undefined;
}

export interface ServiceAccountTokenRequest {
    readonly namespace: string;
    readonly name: string;
    readonly audiences?: readonly string[] | undefined;
    readonly expirationSeconds?: number | undefined;
    readonly boundObject?: BoundObjectReference | undefined;
    readonly serviceAccountUid?: string | undefined;
}

export interface StoredToken extends ReceivedLife {
    readonly request: ServiceAccountTokenRequest;
    readonly token: Secret;
    readonly audiences: readonly string[];
    readonly serviceAccountUid: string | undefined;
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

export declare class TokenManager implements AsyncDisposable {
    #private;
    constructor(options: TokenManagerOptions);
    get size(): number;
    getServiceAccountToken(request: ServiceAccountTokenRequest, { signal, bypassCache }?: TokenOptions): Promise<ServiceAccountToken>;
    rejected(token: ServiceAccountToken, options?: WaitOptions): Promise<ServiceAccountToken>;
    source(request: ServiceAccountTokenRequest): CredentialSource;
    deleteServiceAccountToken(podUid: string): number;
    deleteTokensOf(owner: TokenOwner): number;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface TokenManagerOptions {
    readonly client: TokenClient;
    readonly node?: string | undefined;
    readonly maxInFlight?: number | undefined;
    readonly maxEntries?: number | undefined;
    readonly requestTimeoutMs?: number | undefined;
    readonly cooldown?: CooldownPolicy | undefined;
    readonly checkAccountsMs?: number | undefined;
    readonly store?: TokenStore | undefined;
    readonly clock?: Clock | undefined;
    readonly random?: Random | undefined;
}

export interface TokenOptions extends WaitOptions {
    readonly bypassCache?: boolean | undefined;
}

export type TokenOwner = {
    readonly uid: string;
} | {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
};

export interface TokenProjection {
    readonly kind: 'serviceAccountToken';
    readonly audience: string;
    readonly expirationSeconds: number;
    readonly path: string;
}

export interface TokenStore {
    load(): Promise<readonly StoredToken[]>;
    save(tokens: readonly StoredToken[]): Promise<void>;
}

export interface VolumeFailure extends Omit<KubecredEvents['kubecred:projection:failed'], 'directory' | 'usable'> {
    readonly at: number;
}

export declare class VolumeKeeper implements AsyncDisposable {
    #private;
    constructor(options: VolumeKeeperOptions);
    get state(): VolumeState;
    once({ signal }?: WaitOptions): Promise<WriteResult>;
    start(): Promise<void>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface VolumeKeeperOptions extends AtomicWriterOptions {
    readonly directory: string;
    readonly volume: ProjectedVolume;
    readonly manager: Pick<TokenManager, 'source' | 'getServiceAccountToken'>;
    readonly account: Omit<ServiceAccountTokenRequest, 'audiences' | 'expirationSeconds'>;
    readonly objects?: ObjectReader | undefined;
    readonly facts?: PodFacts | undefined;
    readonly fsUser?: number | undefined;
    readonly fsGroup?: number | undefined;
    readonly everyMs?: number | undefined;
    readonly cooldown?: CooldownPolicy | undefined;
    readonly random?: Random | undefined;
}

export type VolumeProjection = TokenProjection | ConfigMapProjection | SecretProjection | DownwardProjection;

export interface VolumeState {
    readonly writtenAt: number | undefined;
    readonly changedAt: number | undefined;
    readonly tokens: readonly WrittenToken[];
    readonly failures: readonly VolumeFailure[];
}

export interface WriteResult {
    readonly changed: boolean;
    readonly folder: string;
    readonly leftovers: readonly string[];
}

export interface WrittenToken {
    readonly path: string;
    readonly audience: string;
    readonly expiresAt: number;
    readonly revoked: boolean;
}

export declare function clusterObjects(options: ClusterObjectsOptions): ObjectReader;

export declare function defaultVolume(options?: DefaultVolumeOptions): ProjectedVolume;

export declare function fileTokenStore(options: FileTokenStoreOptions): TokenStore;

export declare function latestRenewal(granted: GrantedLife): number;

export declare function projectedPayload(volume: ProjectedVolume, inputs: ProjectionInputs): Payload;

export declare function readProjectedVolume(bytes: Uint8Array, file: string): ProjectedVolume;

export declare function rootCertificates(pem: Uint8Array): ConfigMapContent;

export declare const rootCertificatesName = "kube-root-ca.crt";

export declare function spreadLife(granted: GrantedLife, place: number, receivedAt: number): Life;

// exported as tokenKeyText
export declare function keyText(request: ServiceAccountTokenRequest): string;

// Not exported here, but mentioned above.

export declare class Secret {
    #private;
    constructor(value: string);
    reveal(): string;
    toString(): string;
    toJSON(): string;
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

export interface RejectedOptions extends WaitOptions {
    readonly rejection?: Rejection | undefined;
}

export interface Rejection {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export interface Validity {
    readonly notBefore: number;
    readonly notAfter: number;
}

export interface WaitOptions {
    readonly signal?: AbortSignal | undefined;
}

export type Random = () => number;

export type RenewalReason = 
'first'
 | 'due'
 | 'expired'
 | 'rejected'
 | 'requested';

interface ObjectProjection {
    readonly name: string;
    readonly items: readonly ProjectedKey[];
    readonly optional: boolean;
}
