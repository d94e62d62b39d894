/** The words of client-go by which people find what is wrong with a kubeconfig. */
const phrases: readonly string[] = [
  'error loading config file',
  'does not exist',
  'context was not found for specified context',
  'no configuration has been provided',
  'no server found for cluster',
  'default cluster has no server defined',
  'command must be specified',
  'apiVersion must be specified',
  'interactiveMode must be specified',
  'invalid interactiveMode',
  'env variable name must be specified',
  'more than one authentication method found',
  'without impersonating a user',
  'client-key-data or client-key must be specified',
  'client-key-data and client-key are both specified',
  'client-cert-data and client-cert are both specified',
  'certificate-authority-data and certificate-authority are both specified',
  'authProvider cannot be provided in combination with an exec plugin',
  "invalid 'proxy-url'",
  'unable to read certificate-authority',
  'unable to read client-cert',
  'unable to read client-key',
  'unable to load root certificates',
  'specifying a root certificates file with the insecure flag is not allowed',
  'username/password or bearer token may be set, but not both',
  'no Auth Provider found for name',
  'auth plugin has been removed',
  'exec plugin: invalid apiVersion',
  'unsupported protocol scheme',
  'host must be a URL or a host:port pair',
  'tls: ',
  // Where client-go gives the system's words alone.
  'failed to read token file',
  'read empty token from file',
]

/** Those of which either gives only the first that it comes to, and not in the same order. */
const oneOfMany = new Set([
  'unable to read certificate-authority',
  'unable to read client-cert',
  'unable to read client-key',
  'unable to load root certificates',
  'specifying a root certificates file with the insecure flag is not allowed',
  'username/password or bearer token may be set, but not both',
  'no Auth Provider found for name',
  'auth plugin has been removed',
  'exec plugin: invalid apiVersion',
  'tls: ',
  'failed to read token file',
  'read empty token from file',
])

/** What Kubecred says at once, and without looking further. */
const early = /was not found for|was not specified for|no configuration has been provided/u

/** The phrases of client-go's error that are missing in Kubecred's. */
export function missingPhrases(theirs: string, ours: string): readonly string[] {
  if (early.test(ours)) return []
  const said = phrases.filter((phrase) => theirs.includes(phrase) && !ours.includes(phrase))
  const somethingElse = phrases.some((phrase) => ours.includes(phrase))
  return said.filter((phrase) => !(oneOfMany.has(phrase) && somethingElse))
}
