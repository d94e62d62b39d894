import { randomUUID } from 'node:crypto'

import type { JsonObject } from '../../src/api/json.ts'
import type { ServiceAccountTokenRequest } from '../../src/doors/token.ts'
import type { AdminClient } from './admin-client.ts'

/** A ServiceAccount named `builder`, in a namespace of its own. */
export class ServiceAccount {
  readonly namespace: string = `accounts-${randomUUID()}`
  readonly name = 'builder'
  /** What its tokens make one. */
  readonly user: string = `system:serviceaccount:${this.namespace}:${this.name}`
  readonly #admin: AdminClient
  #uid = ''

  private constructor(admin: AdminClient) {
    this.#admin = admin
  }

  /** Makes one, and its namespace. */
  static async create(admin: AdminClient): Promise<ServiceAccount> {
    const account = new ServiceAccount(admin)
    await admin.call('POST', namespaces, { metadata: { name: account.namespace } })
    await account.create()
    return account
  }

  /** The UID that it had when it was made the last time. */
  get uid(): string {
    return this.#uid
  }

  /** What to ask a token manager for. */
  get request(): ServiceAccountTokenRequest {
    return { namespace: this.namespace, name: this.name }
  }

  /** A token for ten minutes, which no token manager knows of. */
  async token(): Promise<string> {
    return await this.#admin.serviceAccountToken(this.namespace, this.name)
  }

  /** Makes it again. */
  async create(): Promise<void> {
    this.#uid = await this.add('serviceaccounts', { metadata: { name: this.name } })
  }

  /** Deletes it; its namespace stays. */
  async delete(): Promise<void> {
    await this.remove('serviceaccounts', this.name)
  }

  /** Deletes it and makes another one of its name. */
  async recreate(): Promise<void> {
    await this.delete()
    await this.create()
  }

  /** Makes an object in its namespace. @returns The UID. */
  async add(resource: string, object: JsonObject): Promise<string> {
    const { metadata } = await this.#admin.call('POST', this.#path(resource), object)
    // ObjectMeta.
    return (metadata as { readonly uid: string }).uid
  }

  /** Deletes an object of its namespace at once. */
  async remove(resource: string, name: string): Promise<void> {
    const path = `${this.#path(resource)}/${name}?gracePeriodSeconds=0`
    await this.#admin.call('DELETE', path)
  }

  #path(resource: string): string {
    return `${namespaces}/${this.namespace}/${resource}`
  }
}

const namespaces = '/api/v1/namespaces'
