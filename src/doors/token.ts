/**
 * Tokens of ServiceAccounts, got from the TokenRequest API and kept fresh, for programs outside a pod: node
 * agents, CI runners, secret drivers, controllers of many clusters. The kubelet's token manager as a library.
 *
 * @module
 */
export { AtomicWriter } from '../projection/atomic-writer.ts'
export { clusterObjects } from '../projection/cluster-objects.ts'
export {
  defaultVolume,
  rootCertificates,
  rootCertificatesName,
} from '../projection/default-volume.ts'
export { projectedPayload } from '../projection/projected-payload.ts'
export { readProjectedVolume } from '../projection/read-volume.ts'
export { VolumeKeeper } from '../projection/volume-keeper.ts'
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
export type { WriteResult, AtomicWriterOptions } from '../projection/atomic-writer.ts'
export type { ClusterObjectsOptions } from '../projection/cluster-objects.ts'
export type { DefaultVolumeOptions } from '../projection/default-volume.ts'
export type { Payload, ProjectedFile } from '../projection/payload.ts'
export type { ProjectionInputs } from '../projection/projected-payload.ts'
export type { ProcessView } from '../host/process-view.ts'
export type { PodFacts } from '../projection/field-text.ts'
export type { VolumeKeeperOptions } from '../projection/keeper-options.ts'
export type { ConfigMapContent, SecretContent } from '../projection/object-files.ts'
export type { ObjectReader } from '../projection/projected-objects.ts'
export type {
  ConfigMapProjection,
  DownwardProjection,
  ProjectedField,
  ProjectedKey,
  ProjectedVolume,
  SecretProjection,
  TokenProjection,
  VolumeProjection,
} from '../projection/volume.ts'
export type { VolumeFailure, VolumeState, WrittenToken } from '../projection/volume-state.ts'
