import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { JsonObject } from '../../src/api/json.ts'
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from '../../src/doors/testing.ts'
import { kubeconfigFor } from '../../src/testing/fake-kubeconfig.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { AdminClient } from './admin-client.ts'
import { getBinaries, type Binaries } from './binaries.ts'
import { freePorts } from './free-ports.ts'
import { GuardedProcess } from './guarded-process.ts'

/** How the API server is to be run. */
export interface ClusterOptions {
  /** Flags of kube-apiserver beside those that it needs here. Default: none. */
  readonly flags?: readonly string[]
}

/** etcd and kube-apiserver on the loopback address, with nothing in them. */
export class Cluster {
  readonly url: string
  /** Does things as a cluster administrator, over connections of its own. */
  readonly admin: AdminClient
  readonly #folder: string
  readonly #authority: CertificateAuthority
  readonly #etcd: GuardedProcess
  readonly #startServer: () => GuardedProcess
  #server: GuardedProcess

  private constructor(parts: Parts) {
    this.url = `https://127.0.0.1:${parts.port}`
    this.#folder = parts.folder
    this.#authority = parts.authority
    this.#etcd = parts.etcd
    this.#startServer = parts.startServer
    this.#server = parts.startServer()
    this.admin = new AdminClient(this.url, this.certificateAuthorityPem, parts.adminToken)
  }

  /** Starts one; it is ready when this is fulfilled. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster(await startEtcd(await getBinaries(), options))
    try {
      await cluster.#ready()
      return cluster
    } catch (error) {
      await cluster.close()
      throw error
    }
  }

  /** What a client must trust. */
  get certificateAuthorityPem(): string {
    return this.#authority.certificatePem
  }

  /** A client certificate that the server accepts. */
  issue(
    commonName: string,
    options: { groups?: string[]; notAfter?: Date } = {},
  ): IssuedCertificate {
    const { groups = [], notAfter } = options
    const times = notAfter === undefined ? {} : { notAfter }
    const usage = 'client' as const
    return this.#authority.issue({ commonName, organizations: groups, usage, ...times })
  }

  /** A kubeconfig with one context. */
  kubeconfig(user: JsonObject, cluster: JsonObject = {}): JsonObject {
    return kubeconfigFor(this, { user, cluster })
  }

  /** Ends the API server at once, as a power cut would. */
  async killServer(): Promise<void> {
    await this.#server.stop('SIGKILL')
  }

  /** Starts the API server again; it is ready when this is fulfilled. */
  async restartServer(): Promise<void> {
    await this.#server.stop()
    this.#server = this.#startServer()
    await this.#ready()
  }

  /** Ends both, and removes what they stored. */
  async close(): Promise<void> {
    this.admin.close()
    await this.#server.stop()
    await this.#etcd.stop()
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + 60_000
    while (!(await this.admin.isReady())) {
      this.#etcd.assertRunning()
      this.#server.assertRunning()
      if (Date.now() > deadline) throw new Error('the API server was not ready within 60 s')
      await sleep(50)
    }
  }
}

interface Parts {
  readonly folder: string
  readonly port: number
  readonly authority: CertificateAuthority
  readonly adminToken: string
  readonly etcd: GuardedProcess
  readonly startServer: () => GuardedProcess
}

async function startEtcd(binaries: Binaries, { flags = [] }: ClusterOptions): Promise<Parts> {
  const folder = mkdtempSync(join(tmpdir(), 'kubecred-cluster-'))
  const [port = 0, clientPort = 0, peerPort = 0] = await freePorts(3)
  const authority = createCertificateAuthority({ commonName: 'cluster authority' })
  const adminToken = `${plantedSecret}-admin-${randomUUID()}`
  writeServerFiles(folder, authority, adminToken)
  const etcd = new GuardedProcess(binaries.etcd, etcdFlags(folder, clientPort, peerPort), folder)
  const args = [...serverFlags(folder, port, clientPort), ...flags]
  const startServer = (): GuardedProcess =>
    new GuardedProcess(binaries['kube-apiserver'], args, folder)
  return { folder, port, authority, adminToken, etcd, startServer }
}

function writeServerFiles(
  folder: string,
  authority: CertificateAuthority,
  adminToken: string,
): void {
  const server = authority.issue({
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes'],
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  })
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const files = {
    'tls.crt': server.certificatePem,
    'tls.key': server.privateKeyPem,
    'ca.crt': authority.certificatePem,
    'tokens.csv': `${adminToken},admin,admin-uid,"system:masters"\n`,
    'service-account.key': privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'service-account.pub': publicKey.export({ type: 'spki', format: 'pem' }),
  }
  mkdirSync(join(folder, 'certificates'))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
}

function etcdFlags(folder: string, clientPort: number, peerPort: number): readonly string[] {
  const client = `http://127.0.0.1:${clientPort}`
  const peer = `http://127.0.0.1:${peerPort}`
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ]
}

function serverFlags(folder: string, port: number, etcdPort: number): readonly string[] {
  const file = (name: string): string => join(folder, name)
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${file('tls.crt')}`,
    `--tls-private-key-file=${file('tls.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--token-auth-file=${file('tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-account.pub')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount',
    `--cert-dir=${file('certificates')}`,
  ]
}
