import { expect, test } from 'vitest'

import { authProviderError, authProviderReplacement } from '../../src/kubeconfig/auth-provider.ts'

test.each([
  ['oidc', 'kubectl-oidc_login'],
  ['gcp', 'gke-gcloud-auth-plugin'],
  ['azure', 'kubelogin convert-kubeconfig'],
  ['openstack', 'use an exec plugin instead'],
  ['constructor', 'use an exec plugin instead'],
])('the auth provider %s is replaced by %s', (name, plugin) => {
  expect(authProviderReplacement(name)).toContain(plugin)
})

test('the error begins with the words of client-go', () => {
  const error = authProviderError('gcp')
  expect(error.code).toBe('ERR_KUBECONFIG_INVALID')
  expect(error.message).toBe('The gcp auth plugin has been removed.')
  expect(error.hint).toContain('gke-gcloud-auth-plugin')
})

test.each(['oidc', 'openstack', ''])('so does that of %j', (name) => {
  expect(authProviderError(name).message).toBe(`no Auth Provider found for name "${name}"`)
})
