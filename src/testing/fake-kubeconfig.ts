import { chmod, writeFile } from 'node:fs/promises'

import type { JsonObject } from '../api/json.ts'

/** What the kubeconfig of a fake API server holds. */
export interface FakeKubeconfigOptions {
  /** The `user` of the kubeconfig's one entry, as kubectl reads it. Default: `{}`, anonymous. */
  readonly user?: JsonObject
  /** Name of the one context, and of its cluster and user. Default: `fake`. */
  readonly contextName?: string
  /** Namespace of the context. Default: none. */
  readonly namespace?: string
  /** Fields of `cluster` to add or to replace. */
  readonly cluster?: JsonObject
}

/** The server a kubeconfig points to. */
export interface KubeconfigServer {
  readonly url: string
  readonly certificateAuthorityPem: string
}

/** A kubeconfig, as a plain object, with one context that leads to the server. */
export function kubeconfigFor(
  server: KubeconfigServer,
  options: FakeKubeconfigOptions,
): JsonObject {
  const { user = {}, contextName: name = 'fake', namespace, cluster = {} } = options
  const authority = Buffer.from(server.certificateAuthorityPem, 'utf8').toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: server.url, 'certificate-authority-data': authority, ...cluster },
      },
    ],
    users: [{ name, user }],
    contexts: [
      {
        name,
        context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
  }
}

/** Writes a kubeconfig as JSON, which is YAML too, readable by its owner alone. */
export async function writeKubeconfig(path: string, kubeconfig: JsonObject): Promise<void> {
  await writeFile(path, `${JSON.stringify(kubeconfig, undefined, 2)}\n`, { mode: 0o600 })
  // The mode above counts only for a file that was not there.
  await chmod(path, 0o600)
}
