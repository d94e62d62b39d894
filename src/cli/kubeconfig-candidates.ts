import type { Kubeconfig } from '../doors/index.ts'
import type { Candidate, EntryKind } from './word-completion.ts'

/** The names in a kubeconfig, with what can be said about them without a secret. */
export function kubeconfigCandidates(kubeconfig: Kubeconfig, entries: EntryKind): Candidate[] {
  const { contexts, clusters, users } = kubeconfig
  switch (entries) {
    case 'contexts':
      return [...contexts].map(([value, { cluster, user }]) => ({
        value,
        about: [
          ...(value === kubeconfig.currentContext ? ['current'] : []),
          ...(cluster === '' ? [] : [`cluster ${cluster}`]),
          ...(user === '' ? [] : [`user ${user}`]),
        ].join(', '),
      }))
    case 'clusters':
      return [...clusters].map(([value, { server }]) => ({ value, about: hostOf(server) }))
    case 'users':
      return [...users.keys()].map((value) => ({ value, about: '' }))
    case 'namespaces': {
      const named = [...contexts.values()].map(({ namespace }) => namespace)
      return [...new Set(['default', ...named])]
        .filter((value) => value !== '')
        .map((value) => ({ value, about: '' }))
    }
    case 'plugins': {
      const commands = [...users.values()].map(({ exec }) => exec?.command ?? '')
      return [...new Set(commands)]
        .filter((value) => value !== '')
        .map((value) => ({ value, about: '' }))
    }
  }
}

/** Not the whole URL: some hold a password. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : ''
}
