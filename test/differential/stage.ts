import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { JsonObject } from '../../src/api/json.ts'
import type { FakeApiServer } from '../../src/doors/testing.ts'
import type { IssuedCertificate } from '../../src/testing/certificate-authority.ts'
import type { ServerPair } from './servers.ts'

/** Where one case is played: servers, a folder, a plugin. */
export interface Stage {
  readonly server: FakeApiServer
  /** Another host with the same authority: by its name, and on another port. */
  readonly other: FakeApiServer
  readonly otherUrl: string
  /** Folder of the case, for files, with a kubeconfig named `config`. */
  readonly folder: string
  /** Folder on PATH that holds the plugin, `recorder`. */
  readonly bin: string
  /** Absolute path of the plugin. */
  readonly plugin: string
  /** Folder that the plugin writes to. */
  readonly record: string
  readonly caPem: string
  /** A client certificate of `rita`'s, good for an hour. */
  readonly rita: IssuedCertificate
  /** One that has ended. */
  readonly late: IssuedCertificate
}

/** A token that the servers know; it holds the marker by which secrets are found in outputs. */
export function tokenOf(user: 'ann' | 'bob'): string {
  return `${plantedSecret}-of-${user}`
}

/** A token that they do not know. */
export const wrongToken: string = `${plantedSecret}-of-nobody`

const recorder = join(import.meta.dirname, 'recorder.sh')

/** Makes a folder for one case, below `parent`. */
export function createStage(parent: string, { first, other, rita, late }: ServerPair): Stage {
  const folder = mkdtempSync(join(parent, 'case-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const plugin = join(bin, 'recorder')
  copyFileSync(recorder, plugin)
  return {
    server: first,
    other,
    otherUrl: `https://localhost:${other.port}`,
    folder,
    bin,
    plugin,
    record: join(folder, 'record'),
    caPem: first.certificateAuthorityPem,
    rita,
    late,
  }
}

/** Writes a file of a case; an object as JSON, which is YAML too. */
export function writeText(path: string, content: JsonObject | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 1)
  writeFileSync(path, text, { mode: 0o600 })
}

/** What a kubeconfig holds as `*-data`. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

/** The fields of a status that carries a certificate. */
export function pairOf({ certificatePem, privateKeyPem }: IssuedCertificate): JsonObject {
  return { clientCertificateData: certificatePem, clientKeyData: privateKeyPem }
}

/** A reply of the latest version. */
export function replyWith(status: unknown, fields: object = {}): string {
  const apiVersion = 'client.authentication.k8s.io/v1'
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', status, ...fields })
}
