/**
 * Tokens of ServiceAccounts, got from the TokenRequest API and kept fresh, for programs outside a pod: node
 * agents, CI runners, secret drivers, controllers of many clusters. The kubelet's token manager as a library.
 *
 * @module
 */
export { fileTokenStore } from '../token/file-token-store.ts'
export { TokenManager } from '../token/token-manager.ts'
export { latestRenewal, spreadLife } from '../token/token-schedule.ts'
export { keyText as tokenKeyText } from '../token/token-key.ts'
export type { FileTokenStoreOptions } from '../token/file-token-store.ts'
export type { TokenManagerOptions } from '../token/manager-options.ts'
export type { TokenOwner } from '../token/token-owner.ts'
export type { ServiceAccountToken } from '../token/service-account-token.ts'
export type { TokenClient, TokenClientAnswer, TokenClientRequest } from '../api/token-client.ts'
export type { TokenOptions } from '../token/token-manager.ts'
export type { GrantedLife, ReceivedLife } from '../token/token-schedule.ts'
export type { StoredToken, TokenStore } from '../token/token-store.ts'
export type { BoundObjectReference, ServiceAccountTokenRequest } from '../token/token-subject.ts'
