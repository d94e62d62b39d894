import type { JsonObject } from '../api/json.ts'
import { openapiDocuments } from './openapi.ts'

/** The documents about the API server itself, by their path. */
export const documents: ReadonlyMap<string, JsonObject | string> = new Map<
  string,
  JsonObject | string
>([
  ['/healthz', 'ok'],
  ['/livez', 'ok'],
  ['/readyz', 'ok'],
  [
    '/version',
    {
      major: '1',
      minor: '34',
      gitVersion: 'v1.34.0+kubecred-testing',
      gitCommit: '0000000000000000000000000000000000000000',
      gitTreeState: 'clean',
      buildDate: '2026-01-01T00:00:00Z',
      goVersion: 'go1.24.6',
      compiler: 'gc',
      platform: 'linux/amd64',
    },
  ],
  ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
  ['/api/v1', resourceList('v1', coreResources())],
  ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [authenticationGroup()] }],
  ['/apis/authentication.k8s.io', { kind: 'APIGroup', apiVersion: 'v1', ...authenticationGroup() }],
  [
    '/apis/authentication.k8s.io/v1',
    resourceList('authentication.k8s.io/v1', [
      resource('selfsubjectreviews', 'SelfSubjectReview', false, ['create']),
    ]),
  ],
  ...openapiDocuments,
])

/** Paths that everybody may read, as the role `system:public-info-viewer` says. */
export const publicPaths: ReadonlySet<string> = new Set([
  '/healthz',
  '/livez',
  '/readyz',
  '/version',
])

function authenticationGroup(): JsonObject {
  const version = { groupVersion: 'authentication.k8s.io/v1', version: 'v1' }
  return { name: 'authentication.k8s.io', versions: [version], preferredVersion: version }
}

function coreResources(): readonly JsonObject[] {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
  return [
    { ...resource('namespaces', 'Namespace', false, verbs), shortNames: ['ns'] },
    { ...resource('configmaps', 'ConfigMap', true, verbs), shortNames: ['cm'] },
    { ...resource('serviceaccounts', 'ServiceAccount', true, verbs), shortNames: ['sa'] },
    {
      ...resource('serviceaccounts/token', 'TokenRequest', true, ['create']),
      singularName: '',
      group: 'authentication.k8s.io',
      version: 'v1',
    },
  ]
}

function resource(
  name: string,
  kind: string,
  namespaced: boolean,
  verbs: readonly string[],
): JsonObject {
  return { name, singularName: kind.toLowerCase(), namespaced, kind, verbs }
}

function resourceList(groupVersion: string, resources: readonly JsonObject[]): JsonObject {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }
}
