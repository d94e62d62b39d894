import type { JsonObject } from '../api/json.ts'

/**
 * What kubectl asks of OpenAPI before it applies, creates or replaces something from a file: that
 * the server itself looks for fields that are wrong, so that kubectl need not.
 */
export const openapiDocuments: ReadonlyMap<string, JsonObject> = new Map([
  ['/openapi/v3', { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } }],
  [
    '/openapi/v3/api/v1',
    {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: 'v1.34.0' },
      paths: {
        '/api/v1/namespaces/{name}': patched('Namespace'),
        '/api/v1/namespaces/{namespace}/configmaps/{name}': patched('ConfigMap'),
      },
    },
  ],
])

function patched(kind: string): JsonObject {
  const patch = {
    'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind },
    parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
    responses: {},
  }
  return { patch }
}
