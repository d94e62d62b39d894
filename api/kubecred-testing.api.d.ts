// Public surface of "kubecred/testing". After a change that is meant: npm run api:update

import type { Duplex } from 'node:stream'
import type { IncomingHttpHeaders } from 'node:http'
import type { Writable } from 'node:stream'

export interface ApiServerOptions {
    readonly http2?: boolean;
    readonly port?: number;
    readonly certificateAuthority?: CertificateAuthority;
    readonly dnsNames?: readonly string[];
    readonly clientAuthority?: CertificateAuthority;
    readonly clock?: Clock;
    readonly tokens?: Readonly<Record<string, {
        readonly user: string;
        readonly groups?: readonly string[];
    }>>;
    readonly anonymous?: boolean;
    readonly requireAuthentication?: boolean;
    readonly maxTokenSeconds?: number;
    readonly rbac?: (user: FakeUser, method: string, path: string) => boolean;
}

export interface CertificateAuthority {
    readonly certificatePem: string;
    issue(options: IssueOptions): IssuedCertificate;
    issueIntermediate(options?: CertificateAuthorityOptions): CertificateAuthority;
}

export interface CertificateAuthorityOptions {
    readonly commonName?: string;
    readonly keyType?: KeyType;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    readonly clock?: Clock;
    readonly randomBytes?: (size: number) => Uint8Array;
}

export interface CertificateRequest extends CredentialRequest {
    readonly keyType?: KeyType;
}

export interface CredentialRequest {
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly lifetimeMs?: number;
}

export interface FakeApiServer extends AsyncDisposable {
    readonly url: string;
    readonly port: number;
    readonly certificateAuthorityPem: string;
    readonly clientAuthority: CertificateAuthority;
    readonly requests: readonly LoggedRequest[];
    clearRequests(): void;
    issueToken(request?: CredentialRequest): IssuedToken;
    issueCertificate(request?: CertificateRequest): IssuedCertificate;
    revoke(what: string): void;
    readonly pluginEndpoint: string;
    intercept(interceptor: RequestInterceptor): () => void;
    respondOnce(reply: OneReply): void;
    createNamespace(name: string): void;
    createTokenOwner(owner: FakeTokenOwner): string;
    deleteTokenOwner(owner: FakeTokenOwner): void;
    emit(event: WatchEvent, resource?: 'namespaces' | 'configmaps'): void;
    emitBookmark(): void;
    endWatches(): void;
    readonly openWatches: number;
    readonly openConnections: number;
    readonly connectionsOpened: number;
    closeConnections(): Promise<void>;
    goDown(): Promise<void>;
    comeBack(): Promise<void>;
    kubeconfig(options?: FakeKubeconfigOptions): JsonObject;
    close(): Promise<void>;
}

export interface FakeClock extends Clock {
    advance(ms: number): void;
    set(nowMs: number): void;
    sleep(ms: number): void;
    readonly pendingTimers: number;
    readonly heldTimers: number;
}

export interface FakeKubeconfigOptions {
    readonly user?: JsonObject;
    readonly contextName?: string;
    readonly namespace?: string;
    readonly cluster?: JsonObject;
}

export interface FakePlugin {
    readonly name: string;
    readonly command: string;
    behave(behaviour: PluginBehaviour | readonly PluginBehaviour[]): Promise<void>;
    runs(): Promise<readonly PluginRun[]>;
    clearRuns(): Promise<void>;
    user(exec?: JsonObject): JsonObject;
}

export interface FakePluginOptions {
    readonly directory: string;
    readonly name?: string;
    readonly behaviour?: PluginBehaviour | readonly PluginBehaviour[];
    readonly recordEnv?: readonly string[];
}

export interface FakeTokenOwner {
    readonly kind: 'ServiceAccount' | 'Pod' | 'Secret' | 'Node';
    readonly name: string;
    readonly namespace?: string;
    readonly serviceAccount?: string;
}

export interface FakeUser {
    readonly name: string;
    readonly groups: readonly string[];
    readonly uid?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface IssueFrom {
    readonly url: string;
    readonly kind?: 'token' | 'certificate' | 'both';
    readonly lifetimeMs?: number;
    readonly user?: string;
    readonly groups?: readonly string[];
}

export interface IssueOptions {
    readonly commonName: string;
    readonly organizations?: readonly string[];
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly usage: 'server' | 'client';
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    readonly keyType?: KeyType;
}

export interface IssuedCertificate {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    readonly fingerprint: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

export interface IssuedToken {
    readonly token: string;
    readonly expiresAt: Date;
}

export type KeyType = 'ec' | 'rsa';

export interface LoggedRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly rawHeaders: readonly string[];
    readonly httpVersion: '1.0' | '1.1' | '2.0';
    readonly user: string | undefined;
    readonly statusCode: number | undefined;
    readonly clientCertificateFingerprint: string | undefined;
    readonly clientCertificateSubject: string | undefined;
    readonly tlsSessionReused: boolean;
    readonly tlsServerName: string | undefined;
    readonly connectionId: number;
    readonly bodyLength: number;
    readonly bodySha256: string | undefined;
}

export interface OneReply extends ScriptedReply {
    readonly method?: string;
    readonly path?: string;
}

export interface PluginBehaviour {
    readonly ignoreSigterm?: boolean;
    readonly grandchildMs?: number;
    readonly stderr?: string;
    readonly prompt?: string;
    readonly delayMs?: number;
    readonly hang?: boolean;
    readonly credential?: JsonObject;
    readonly issueFrom?: IssueFrom;
    readonly stdout?: string | Uint8Array;
    readonly stdoutBytes?: number;
    readonly lingerMs?: number;
    readonly signal?: NodeJS.Signals;
    readonly exitCode?: number;
}

export interface PluginRun {
    readonly time: number;
    readonly pid: number;
    readonly ppid: number;
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly execInfo: string | undefined;
    readonly env: Readonly<Record<string, string>>;
    readonly stdin: StdinKind;
    readonly grandchildPid: number | undefined;
    readonly answer: string | undefined;
    readonly received: readonly string[];
}

export type RequestInterceptor = (request: LoggedRequest, respond: Responder) => boolean;

export interface Responder {
    reply(answer: ScriptedReply): void;
    begin(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): Writable;
    endless(head: Pick<ScriptedReply, 'statusCode' | 'headers'>): void;
    readBody(): Promise<Buffer>;
    switchProtocols(headers?: Readonly<Record<string, string>>): Duplex;
    reset(code?: number): void;
    dropConnection(how?: 'reset' | 'end'): void;
    goaway(code?: number, lastStreamId?: number): void;
}

export interface ScriptedReply {
    readonly statusCode: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: JsonObject | string | Uint8Array;
    readonly close?: boolean;
}

export type StdinKind = 'tty' | 'pipe' | 'file' | 'null' | 'closed';

export interface WatchEvent {
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
    readonly object: JsonObject;
}

export declare function createCertificateAuthority(options?: CertificateAuthorityOptions): CertificateAuthority;

export declare function createFakeClock(startMs?: number): FakeClock;

export declare function createFakePlugin(options: FakePluginOptions): Promise<FakePlugin>;

export declare function startApiServer(options?: ApiServerOptions): Promise<FakeApiServer>;

export declare function writeKubeconfig(path: string, kubeconfig: JsonObject): Promise<void>;

// Not exported here, but mentioned above.

export interface Clock {
    now(): number;
    monotonic(): number;
    after(ms: number, then: () => void): Timer;
}

export interface Timer {
    cancel(): void;
    hold(): void;
    release(): void;
}

export type JsonObject = {
    readonly [key: string]: JsonValue;
};

export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | {
    readonly [key: string]: JsonValue;
};
