import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { FakeApiServer } from '../../src/doors/testing.ts'
import { until } from '../testing/until.ts'

/** The ServiceAccount that tests of `kubecred token project` are about. */
export const deployer = { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' } as const

/** Gives a server the namespace and the account. */
export function furnish(server: FakeApiServer): void {
  server.createNamespace('ci')
  server.createTokenOwner(deployer)
}

let places = 0

/** An empty folder to project to. */
export function emptyFolder(parent: string): string {
  const path = join(parent, `project-${++places}`)
  mkdirSync(path)
  return path
}

/** What a reader finds; undefined where there is nothing. */
export function readToken(directory: string): string | undefined {
  return readdirSync(directory).includes('token')
    ? readFileSync(join(directory, 'token'), 'utf8')
    : undefined
}

/** Waits for a token that is another than `before`. */
export async function newToken(directory: string, before?: string): Promise<string> {
  await until(() => (readToken(directory) ?? before) !== before)
  return readToken(directory) ?? ''
}

/** Claims of a token. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> {
  const [, claims = ''] = token.split('.')
  // The fake server writes an object there.
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
}
