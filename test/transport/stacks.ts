import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import * as undici from 'undici'

import { createCredential, type Credential } from '../../src/credential/credential.ts'
import type { CredentialProvider, ProvideRequest } from '../../src/credential/provider.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import type { RenewerOptions } from '../../src/credential/renewer-options.ts'
import { leanGets } from '../../src/proxy/lean-gets.ts'
import type { FakeApiServer } from '../../src/testing/api-server.ts'
import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { HttpsCluster } from '../../src/transport/https-cluster.ts'
import type { HttpsOptions } from '../../src/transport/https.ts'
import type { RetryOptions } from '../../src/transport/retry-rules.ts'
import type { ServerTarget } from '../../src/transport/server.ts'
import type { GetClients } from '../../src/transport/undici-gets.ts'
import { UndiciCluster } from '../../src/transport/undici-cluster.ts'

/** A body as a test writes it; every stack takes all of them. */
export type TestBody = string | Uint8Array | AsyncIterable<Uint8Array>

export interface TestRequest {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: TestBody
  readonly signal?: AbortSignal
  readonly retries?: RetryOptions | false
}

export interface TestResponse {
  readonly statusCode: number
  readonly body: Readable
}

/** A stack under test, behind the few words that the conformance table needs. */
export interface TestCluster extends AsyncDisposable {
  readonly source: Renewer
  /** Where there is one, for upgrades. */
  readonly dispatcher?: UndiciCluster['dispatcher']
  send(path: string, request?: TestRequest): Promise<TestResponse>
  close(): Promise<void>
}

export interface TestWiring {
  readonly server: ServerTarget
  readonly source: Renewer
  readonly impersonation?: readonly string[]
  readonly options?: Pick<
    HttpsOptions,
    'connect' | 'replayBufferBytes' | 'drainMs' | 'connectTimeoutMs' | 'clock' | 'retries'
  > & { readonly connections?: number }
}

export interface Stack {
  readonly name: string
  readonly http2: boolean
  open(wiring: TestWiring): TestCluster
}

const undiciVersion = 'Dispatcher1Wrapper' in undici ? 8 : 7

/** Every stack that the library has, for the undici that is installed. */
export const stacks: readonly Stack[] = [
  {
    name: `undici ${undiciVersion}, HTTP/1.1`,
    http2: false,
    open: (wiring) => openUndici(wiring, false),
  },
  // As the proxy has it.
  {
    name: `undici ${undiciVersion}, HTTP/1.1 with a client of our own for GET`,
    http2: false,
    open: (wiring) => openUndici(wiring, false, { ...leanGets, shared: undefined }),
  },
  ...(undiciVersion === 8
    ? [
        {
          name: 'undici 8, HTTP/2',
          http2: true,
          open: (wiring: TestWiring) => openUndici(wiring, true),
        },
        // As the proxy has it with `--http2`; without, what is not a plain GET goes over HTTP/1.1.
        {
          name: 'undici 8, HTTP/2 with a client of our own for GET',
          http2: true,
          open: (wiring: TestWiring) => openUndici(wiring, true, leanGets),
        },
      ]
    : []),
  { name: 'node:https', http2: false, open: openHttps },
]

function wiringOf({ server, source, impersonation = [] }: TestWiring) {
  return { server, source, namespace: 'default', rules: { userAgent: 'test-agent', impersonation } }
}

function openUndici(wiring: TestWiring, http2: boolean, gets?: GetClients): TestCluster {
  const cluster = new UndiciCluster({ ...wiringOf(wiring), gets }, { ...wiring.options, http2 })
  return {
    source: wiring.source,
    dispatcher: cluster.dispatcher,
    async send(path, { method = 'GET', headers, body, signal, retries } = {}) {
      const response = await cluster.request(path, {
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body: asUndiciBody(body) }),
        ...(signal === undefined ? {} : { signal }),
        retries,
      })
      return { statusCode: response.statusCode, body: response.body }
    },
    close: () => cluster.close(),
    [Symbol.asyncDispose]: () => cluster.close(),
  }
}

// undici takes async iterables, though its types name streams only.
function asUndiciBody(body: TestBody): string | Uint8Array | Readable {
  return typeof body === 'string' || body instanceof Uint8Array
    ? body
    : (body as unknown as Readable)
}

function openHttps(wiring: TestWiring): TestCluster {
  const cluster = new HttpsCluster(wiringOf(wiring), wiring.options ?? {})
  return {
    source: wiring.source,
    send: (path, request = {}) => cluster.request(path, request),
    close: () => cluster.close(),
    [Symbol.asyncDispose]: () => cluster.close(),
  }
}

/** The server as a transport knows it. */
export function targetOf(server: FakeApiServer, changes: Partial<ServerTarget> = {}): ServerTarget {
  return {
    url: server.url,
    certificateAuthorityPem: server.certificateAuthorityPem,
    tlsServerName: '',
    insecureSkipTlsVerify: false,
    ...changes,
  }
}

/** A provider that does what the test says, and counts. */
export class ScriptedProvider implements CredentialProvider {
  readonly name = 'scripted provider'
  readonly runsAhead = true
  readonly requests: ProvideRequest[] = []
  next: (request: ProvideRequest) => Promise<Credential> | Credential

  constructor(next: (request: ProvideRequest) => Promise<Credential> | Credential) {
    this.next = next
  }

  get runs(): number {
    return this.requests.length
  }

  async provide(request: ProvideRequest): Promise<Credential> {
    this.requests.push(request)
    return await this.next(request)
  }
}

/** A provider that gets a token from the server at each run. */
export function tokensOf(server: FakeApiServer): ScriptedProvider {
  return new ScriptedProvider(() => createCredential({ token: server.issueToken().token }))
}

/** A provider that gets a client certificate from the server at each run. */
export function certificatesOf(server: FakeApiServer): ScriptedProvider {
  return new ScriptedProvider(() => {
    const { certificatePem, privateKeyPem } = server.issueCertificate({ user: 'alice' })
    return createCredential({ certificate: readClientCertificate(certificatePem, privateKeyPem) })
  })
}

export function sourceOf(provider: CredentialProvider, options: RenewerOptions = {}): Renewer {
  return new Renewer(provider, options)
}

export { text }

/** Chunks that can be read once, as a program streams them. */
export async function* streamed(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve()
    yield Buffer.from(chunk)
  }
}

/** Waits until something holds; fails after a while when it never does. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not happen within 5 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
