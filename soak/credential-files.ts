import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { JsonObject } from '../src/doors/index.ts'
import { writeKubeconfig, type FakeApiServer } from '../src/doors/testing.ts'
import type { ClientName } from './cast.ts'

// A change is looked at 100 ms after the last one, at the latest every ten seconds, and loaded.
const followMs = 15_000

/** The files that hold credentials, and the ways in which they are replaced. */
export class CredentialFiles {
  readonly #folder: string
  readonly #server: FakeApiServer
  #version = 0
  #token = ''
  #pair: { readonly certificatePem: string; readonly privateKeyPem: string; fingerprint: string }
  #followed = { path: '', user: '', token: '', before: '', since: -Infinity }

  private constructor(folder: string, server: FakeApiServer) {
    this.#folder = folder
    this.#server = server
    this.#pair = server.issueCertificate({ user: 'soak-pair-files' })
  }

  /** Makes the files in a folder. */
  static async create(folder: string, server: FakeApiServer): Promise<CredentialFiles> {
    const files = new CredentialFiles(folder, server)
    await mkdir(join(folder, 'token'))
    await files.#linkToken()
    await symlink(join('..data', 'token'), files.tokenPath)
    await files.#writePair()
    return files
  }

  /** The `user` of the kubeconfig of a client that reads its credential from a file. */
  async userOf(client: ClientName, kubeconfig: string): Promise<JsonObject> {
    if (client === 'token-file') return { tokenFile: this.tokenPath }
    if (client === 'pair-files') {
      return { 'client-certificate': this.certificatePath, 'client-key': this.keyPath }
    }
    const user = 'soak-followed-1'
    const { token } = this.#server.issueToken({ user })
    this.#followed = { path: kubeconfig, user, token, before: '', since: performance.now() }
    return { token }
  }

  get tokenPath(): string {
    return join(this.#folder, 'token', 'token')
  }

  get certificatePath(): string {
    return join(this.#folder, 'tls.crt')
  }

  get keyPath(): string {
    return join(this.#folder, 'tls.key')
  }

  /** Swaps the folder behind a link, as the kubelet does; the old token is worth nothing any more. */
  async swapTokenFolder(): Promise<void> {
    const old = this.#token
    await this.#linkToken()
    this.#server.revoke(old)
  }

  /** Writes a new token in two steps, with a pause between them; then the old one is worth nothing. */
  async writeTokenSlowly(pause: () => Promise<void>): Promise<void> {
    const old = this.#token
    const { token } = this.#server.issueToken({ user: 'soak-token-file' })
    await writeFile(this.tokenPath, token.slice(0, 12))
    await pause()
    await writeFile(this.tokenPath, token)
    this.#token = token
    this.#server.revoke(old)
  }

  /** Takes the token file away, and puts it back after a pause. */
  async withoutToken(pause: () => Promise<void>): Promise<void> {
    await rename(this.tokenPath, `${this.tokenPath}.away`)
    await pause()
    await rename(`${this.tokenPath}.away`, this.tokenPath)
  }

  /** Replaces key and certificate, one after the other, with a pause between; the old pair is revoked. */
  async replacePair(pause: () => Promise<void>): Promise<void> {
    const old = this.#pair
    this.#pair = this.#server.issueCertificate({ user: 'soak-pair-files' })
    await replace(this.keyPath, this.#pair.privateKeyPem)
    await pause()
    await replace(this.certificatePath, this.#pair.certificatePem)
    this.#server.revoke(old.fingerprint)
  }

  /** Who the client of the followed proxy may be: another one has to be in force after a while. */
  followedUsers(now: number): readonly string[] {
    const { user, before, since } = this.#followed
    return now > since + followMs ? [user] : [user, before]
  }

  /** Replaces the kubeconfig of the followed proxy: it is another user from then on. */
  async replaceKubeconfig(): Promise<void> {
    const { path, user: before } = this.#followed
    const user = before === 'soak-followed-1' ? 'soak-followed-2' : 'soak-followed-1'
    const { token } = this.#server.issueToken({ user })
    const draft = `${path}.new`
    await writeKubeconfig(draft, this.#followedConfig(token))
    await rename(draft, path)
    this.#followed = { path, user, token, before, since: performance.now() }
  }

  /** Leaves half of the kubeconfig in its place for a while. */
  async breakKubeconfig(pause: () => Promise<void>): Promise<void> {
    const { path, token } = this.#followed
    const whole = JSON.stringify(this.#followedConfig(token))
    await writeFile(path, whole.slice(0, whole.length / 2))
    await pause()
    await writeKubeconfig(path, this.#followedConfig(token))
  }

  /** Takes the kubeconfig away for a while. */
  async withoutKubeconfig(pause: () => Promise<void>): Promise<void> {
    const { path } = this.#followed
    await rename(path, `${path}.away`)
    await pause()
    await rename(`${path}.away`, path)
  }

  #followedConfig(token: string): JsonObject {
    return this.#server.kubeconfig({ user: { token }, contextName: 'soak-followed-proxy' })
  }

  async #linkToken(): Promise<void> {
    const { token } = this.#server.issueToken({ user: 'soak-token-file' })
    const folder = join(this.#folder, 'token')
    const version = `..${++this.#version}`
    const link = join(folder, '..data')
    await mkdir(join(folder, version))
    await writeFile(join(folder, version, 'token'), token)
    await symlink(version, `${link}.new`)
    await rename(`${link}.new`, link)
    await rm(join(folder, `..${this.#version - 1}`), { recursive: true, force: true })
    this.#token = token
  }

  async #writePair(): Promise<void> {
    await replace(this.keyPath, this.#pair.privateKeyPem)
    await replace(this.certificatePath, this.#pair.certificatePem)
  }
}

async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
