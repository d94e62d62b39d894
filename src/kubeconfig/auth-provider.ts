import { KubecredError } from '../errors/kubecred-error.ts'

const replacements: Readonly<Record<string, string>> = {
  oidc: 'use the exec plugin kubectl-oidc_login instead: https://github.com/int128/kubelogin',
  gcp: 'use the exec plugin gke-gcloud-auth-plugin instead: install it, then run `gcloud container clusters get-credentials CLUSTER`',
  azure:
    'use the exec plugin kubelogin instead: install it, then run `kubelogin convert-kubeconfig`',
}

/** A hint that names the exec plugin to use in place of an auth provider of old. */
export function authProviderReplacement(name: string): string {
  return Object.hasOwn(replacements, name) && replacements[name] !== undefined
    ? replacements[name]
    : 'auth providers are gone from Kubernetes; use an exec plugin instead'
}

/** What kubectl says of those that it once had. */
const removed: Readonly<Record<string, string>> = {
  gcp: 'The gcp auth plugin has been removed.',
  azure: 'The azure auth plugin has been removed.',
}

/** The error of a user whose entry names an auth provider; the hint says what to use instead. */
export function authProviderError(name: string): KubecredError {
  const message = Object.hasOwn(removed, name) ? removed[name] : undefined
  return new KubecredError(
    'ERR_KUBECONFIG_INVALID',
    message ?? `no Auth Provider found for name ${JSON.stringify(name)}`,
    { hint: authProviderReplacement(name) },
  )
}

/** Whether kubectl has this provider; one that it lacks is an error whatever else the entry has. */
export function isLivingProvider(name: string): boolean {
  return name === 'oidc'
}
