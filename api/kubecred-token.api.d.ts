// Public surface of "kubecred/token". After a change that is meant: npm run api:update

export interface BoundObjectReference {
    readonly kind?: string | undefined;
    readonly apiVersion?: string | undefined;
    readonly name?: string | undefined;
    readonly uid?: string | undefined;
}

export interface FileTokenStoreOptions {
    readonly file: string;
    readonly scope: string;
}

export interface GrantedLife {
    readonly expiresAt: number;
    readonly expirationSeconds: number;
}

export interface ReceivedLife extends GrantedLife {
    readonly receivedAt: number;
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

export interface TokenStore {
    load(): Promise<readonly StoredToken[]>;
    save(tokens: readonly StoredToken[]): Promise<void>;
}

export declare function fileTokenStore(options: FileTokenStoreOptions): TokenStore;

export declare function latestRenewal(granted: GrantedLife): number;

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

export interface WaitOptions {
    readonly signal?: AbortSignal | undefined;
}

export type Random = () => number;
