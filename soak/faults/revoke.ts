import type { ClientName } from '../cast.ts'
import type { World } from '../world.ts'

/** Refuses from now on what a client showed last. */
export function revokeShown({ server, service }: World, client: ClientName): void {
  const { token, fingerprint } = service.lastShown.get(client) ?? {}
  if (token !== undefined) server.revoke(token)
  if (fingerprint !== undefined) server.revoke(fingerprint)
}
