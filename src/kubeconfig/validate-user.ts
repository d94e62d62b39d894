import { execApiVersions, interactiveModes } from '../api/exec-config.ts'
import type { ClusterEntry, ExecEntry, Origin, UserEntry } from './entries.ts'
import { quotedIfHarmless } from '../encoding/printable-text.ts'
import type { Problem } from './problem.ts'

/**
 * What is wrong with a user, in client-go's order.
 *
 * @param unreadable What is wrong with the files that the user's entry names.
 */
export function userProblems(
  name: string,
  user: UserEntry,
  unreadable: readonly Problem[],
): readonly Problem[] {
  const { origin, impersonate } = user
  const problems = [...certificateProblems(name, user), ...unreadable]
  if (user.exec !== undefined) {
    if (user.authProvider !== undefined) {
      const message = `authProvider cannot be provided in combination with an exec plugin for ${name}`
      problems.push({ message, hint: 'remove auth-provider', origin, field: 'auth-provider' })
    }
    problems.push(...execProblems(name, user.exec, origin))
  }
  if (user.token !== undefined && (user.username !== '' || user.password !== undefined)) {
    const message =
      `more than one authentication method found for ${name}; found [token basicAuth], ` +
      'only one is allowed'
    problems.push({
      message,
      hint: 'keep the token or the password',
      origin,
      field: '',
      sides: [['token'], ['username', 'password']],
    })
  }
  const { user: impersonated, uid, groups, extra } = impersonate
  const asWhat = uid !== '' || groups.length > 0 || Object.keys(extra).length > 0
  if (asWhat && impersonated === '') {
    const message = `requesting uid, groups or user-extra for ${name} without impersonating a user`
    problems.push({
      message,
      hint: 'name the user to impersonate',
      origin,
      field: 'as',
      sides: [['impersonate.uid', 'impersonate.groups', 'impersonate.extra']],
    })
  }
  return problems
}

function certificateProblems(name: string, user: UserEntry): Problem[] {
  const { origin } = user
  const problems: Problem[] = []
  const hasData = user.clientCertificateData.length > 0
  if (user.clientCertificate === '' && !hasData) return problems
  if (user.clientCertificate !== '' && hasData) {
    const message =
      `client-cert-data and client-cert are both specified for ${name}. ` +
      'client-cert-data will override.'
    problems.push({
      message,
      hint: 'keep one of the two',
      origin,
      field: 'client-certificate',
      sides: [['clientCertificate'], []],
    })
  }
  if (user.clientKey !== '' && user.clientKeyData !== undefined) {
    const message =
      `client-key-data and client-key are both specified for ${name}; ` +
      'client-key-data will override'
    problems.push({
      message,
      hint: 'keep one of the two',
      origin,
      field: 'client-key',
      sides: [['clientKey'], []],
    })
  }
  if (user.clientKey === '' && user.clientKeyData === undefined) {
    const message =
      `client-key-data or client-key must be specified for ${name} to use the clientCert ` +
      'authentication method.'
    problems.push({
      message,
      hint: 'add client-key, the key of the certificate',
      origin,
      field: 'client-key',
      sides: [['clientCertificate']],
    })
  }
  return problems
}

function execProblems(name: string, exec: ExecEntry, origin: Origin): readonly Problem[] {
  const problems: Problem[] = []
  const missing = (what: string, field: string, hint: string): void => {
    const message = `${what} must be specified for ${name} to use exec authentication plugin`
    problems.push({ message, hint, origin, field: `exec.${field}` })
  }
  if (exec.command === '') missing('command', 'command', 'name the plugin to run')
  if (exec.apiVersion === '') missing('apiVersion', 'apiVersion', `add ${execApiVersions[0]}`)
  for (const { name: variable } of exec.env) {
    if (variable === '') missing('env variable name', 'env', 'give every variable a name')
  }
  const modes = `one of ${interactiveModes.join(', ')}`
  if (exec.interactiveMode === '') {
    missing('interactiveMode', 'interactiveMode', `add interactiveMode: ${modes}`)
  } else if (!interactiveModes.some((mode) => mode === exec.interactiveMode)) {
    problems.push({
      message: `invalid interactiveMode for ${name}: ${quotedIfHarmless(exec.interactiveMode)}`,
      hint: `interactiveMode is ${modes}`,
      origin,
      field: 'exec.interactiveMode',
    })
  }
  return problems
}

/** What else is wrong when the server uses TLS, so that user and trust are put to use. */
export function secureProblems(user: UserEntry, cluster: ClusterEntry): readonly Problem[] {
  const problems: Problem[] = []
  if (user.tokenFile !== '' && user.username !== '') {
    const message = 'username/password or bearer token may be set, but not both'
    const hint = 'keep tokenFile or username'
    problems.push({ message, hint, origin: user.origin, field: '', sides: [[], ['username']] })
  }
  const hasAuthority =
    cluster.certificateAuthority !== '' || cluster.certificateAuthorityData.length > 0
  if (cluster.insecureSkipTlsVerify && hasAuthority) {
    const message = 'specifying a root certificates file with the insecure flag is not allowed'
    const hint = 'remove insecure-skip-tls-verify'
    const field = 'insecure-skip-tls-verify'
    const sides = [['insecureSkipTlsVerify'], ['certificateAuthority']] as const
    problems.push({ message, hint, origin: cluster.origin, field, sides })
  }
  return problems
}
