import { KubecredError } from '../errors/kubecred-error.ts'
import type { ContextEntry, Kubeconfig } from './entries.ts'
import { nameHint } from './name-hint.ts'
import { namesUser, type Overrides } from './overrides.ts'
import { printableText } from '../encoding/printable-text.ts'

/** Names of the entries to use, '' for none; all that are not empty exist, or are not needed. */
export interface Choice {
  readonly context: string
  readonly cluster: string
  readonly user: string
  readonly namespace: string
}

/**
 * Chooses context, cluster, user and namespace.
 *
 * @throws {@link KubecredError} `ERR_KUBECONFIG_NO_SUCH_ENTRY` for a name that is not there,
 *   `ERR_NO_CONFIGURATION` when nothing names a server.
 */
export function chooseEntries(config: Kubeconfig, overrides: Overrides): Choice {
  refuseUnknownOverrides(config, overrides)
  const context = overrides.context || config.currentContext
  const entry = config.contexts.get(context)
  if (entry === undefined && context !== '') throw contextNotFound(context, config)
  const choice = {
    context,
    cluster: overrides.cluster || (entry?.cluster ?? ''),
    user: overrides.user || (entry?.user ?? ''),
    namespace: overrides.namespace || entry?.namespace || 'default',
  }
  if (!overrides.server) refuseMissingCluster(config, choice, entry)
  if (!namesUser(overrides)) refuseMissingUser(config, choice, entry)
  return choice
}

function refuseUnknownOverrides(
  { contexts, clusters, users }: Kubeconfig,
  overrides: Overrides,
): void {
  const asked = [
    { what: 'auth info', plural: 'users', name: overrides.user, known: users },
    { what: 'context', plural: 'contexts', name: overrides.context, known: contexts },
    { what: 'cluster', plural: 'clusters', name: overrides.cluster, known: clusters },
  ]
  for (const { what, plural, name, known } of asked) {
    if (!name || known.has(name)) continue
    const message = `${what} ${JSON.stringify(name)} does not exist`
    throw noSuchEntry(message, nameHint(name, known.keys(), plural))
  }
}

function contextNotFound(name: string, { contexts, files }: Kubeconfig): KubecredError {
  return noSuchEntry(
    `invalid configuration: context was not found for specified context: ${printableText(name)}`,
    nameHint(name, contexts.keys(), 'contexts'),
    files[0],
  )
}

function refuseMissingCluster(
  config: Kubeconfig,
  { context, cluster }: Choice,
  entry: ContextEntry | undefined,
): void {
  if (config.clusters.has(cluster)) return
  if (entry === undefined) throw noConfiguration(config)
  const of = `context ${JSON.stringify(context)}`
  const { file, field } = entry.origin
  if (cluster === '') {
    const message = `invalid configuration: cluster was not specified for ${of}`
    throw new KubecredError('ERR_KUBECONFIG_INVALID', message, {
      hint: 'give the context a cluster',
      details: { file, field: `${field}.cluster` },
    })
  }
  throw noSuchEntry(
    `invalid configuration: cluster ${JSON.stringify(cluster)} was not found for ${of}`,
    nameHint(cluster, config.clusters.keys(), 'clusters'),
    file,
  )
}

/** client-go goes on as an anonymous user then, and the server's 401 does not tell why. */
function refuseMissingUser(
  config: Kubeconfig,
  { context, user }: Choice,
  entry: ContextEntry | undefined,
): void {
  if (user === '' || config.users.has(user)) return
  throw noSuchEntry(
    `invalid configuration: user ${JSON.stringify(user)} was not found for ` +
      `context ${JSON.stringify(context)}`,
    nameHint(user, config.users.keys(), 'users'),
    entry?.origin.file,
  )
}

function noSuchEntry(message: string, hint: string, file?: string): KubecredError {
  const details = file === undefined ? {} : { file }
  return new KubecredError('ERR_KUBECONFIG_NO_SUCH_ENTRY', message, { hint, details })
}

function noConfiguration({ contexts, files, missing }: Kubeconfig): KubecredError {
  const message = 'invalid configuration: no configuration has been provided'
  return new KubecredError('ERR_NO_CONFIGURATION', message, {
    hint: noConfigurationHint(contexts, files, missing),
  })
}

function noConfigurationHint(
  contexts: Kubeconfig['contexts'],
  files: readonly string[],
  missing: readonly string[],
): string {
  if (contexts.size > 0) {
    return `no context is chosen; ${nameHint('', contexts.keys(), 'contexts')}`
  }
  if (files.length > 0) return `${files.join(', ')} holds no context and no cluster`
  const sought = missing.length > 0 ? `there is no ${missing.join(' and no ')}; ` : ''
  return `${sought}set KUBECONFIG to the path of a kubeconfig`
}
