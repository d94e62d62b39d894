import type { CredentialFlags } from './credential-flags.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { ProxyFlags } from './proxy-flags.ts'
import type { RequestFlags } from './request-flags.ts'
import type { TokenCreateFlags, TokenInspectFlags, TokenWishFlags } from './token-flags.ts'
import type { TokenProjectFlags } from './token-project-flags.ts'
import type { WhoamiFlags } from './whoami-flags.ts'

/** What the commands do; each ends with an exit code. */
export interface Actions {
  request(words: readonly string[], flags: GlobalFlags & RequestFlags): Promise<number>
  credential(flags: GlobalFlags & CredentialFlags): Promise<number>
  whoami(flags: GlobalFlags & WhoamiFlags): Promise<number>
  proxy(flags: GlobalFlags & ProxyFlags): Promise<number>
  tokenCreate(words: readonly string[], flags: GlobalFlags & TokenCreateFlags): Promise<number>
  tokenInspect(words: readonly string[], flags: GlobalFlags & TokenInspectFlags): Promise<number>
  tokenCredential(words: readonly string[], flags: GlobalFlags & TokenWishFlags): Promise<number>
  tokenProject(words: readonly string[], flags: GlobalFlags & TokenProjectFlags): Promise<number>
  completion(words: readonly string[]): Promise<number>
}
