import { clientAuthenticationGroup } from '../api/exec-config.ts'
import { isJsonObject, type JsonValue } from '../api/json.ts'
import { Secret } from '../credential/secret.ts'
import type { ClusterEntry, ContextEntry, ExecEntry, Kubeconfig, UserEntry } from './entries.ts'
import { FieldProblem, Fields, isList, objectOf, pathText } from '../yaml/fields.ts'
import { quotedIfHarmless } from '../encoding/printable-text.ts'
import type { FieldPath } from '../yaml/field-position.ts'

/** One file's share of a kubeconfig. */
export type KubeconfigFile = Pick<Kubeconfig, 'currentContext' | 'contexts' | 'clusters' | 'users'>

const execExtensionName = `${clientAuthenticationGroup}/exec`
const deepestExtension = 500

/**
 * Reads the entries of a kubeconfig. Fields that Kubernetes does not know are passed over; paths
 * stay as they are written.
 *
 * @throws {@link FieldProblem} For a field of the wrong kind, or a name that stands twice in a list.
 */
export function readEntries(value: JsonValue, file: string): KubeconfigFile {
  const top = new Fields(objectOf(value ?? {}, []), [])
  refuseForeignKind(top)
  checkPreferences(top)
  return {
    currentContext: top.text('current-context'),
    contexts: named(top, 'contexts', (item) => readContext(entry(item, 'context'), file)),
    clusters: named(top, 'clusters', (item) => readCluster(entry(item, 'cluster'), file)),
    users: named(top, 'users', (item) => readUser(entry(item, 'user'), file)),
  }
}

function refuseForeignKind(top: Fields): void {
  const version = top.text('apiVersion')
  const kind = top.text('kind')
  if ((version === '' || version === 'v1') && (kind === '' || kind === 'Config')) return
  const [kindText, versionText] = [kind || 'Config', version || 'v1'].map(quotedIfHarmless)
  throw new FieldProblem(
    [],
    `no kind ${kindText} is registered for version ${versionText}`,
    'a kubeconfig has apiVersion: v1 and kind: Config',
  )
}

/** Nothing of it counts here, but Kubernetes reads it, and refuses what it cannot read. */
function checkPreferences(top: Fields): void {
  checkExtensions(top)
  const preferences = top.object('preferences')
  preferences?.flag('colors')
  if (preferences !== undefined) checkExtensions(preferences)
}

function checkExtensions(fields: Fields): void {
  const names = new Set<string>()
  for (const extension of fields.objects('extensions')) {
    const name = extension.text('name')
    if (names.has(name)) {
      throw extension.problem('name', `duplicate name ${JSON.stringify(name)} in list`)
    }
    // client-go lets one that is empty be replaced.
    if (extension.value('extension') !== null) names.add(name)
  }
}

function named<Entry>(
  top: Fields,
  list: string,
  read: (item: Fields) => Entry,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const item of top.objects(list)) {
    const name = item.text('name')
    if (entries.has(name)) {
      throw item.problem('name', `duplicate name ${JSON.stringify(name)} in list`)
    }
    entries.set(name, read(item))
  }
  return entries
}

function entry(item: Fields, name: string): Fields {
  return item.object(name) ?? new Fields({}, [...item.path, name])
}

function readContext(fields: Fields, file: string): ContextEntry {
  checkExtensions(fields)
  return {
    origin: { file, field: pathText(fields.path) },
    cluster: fields.text('cluster'),
    user: fields.text('user'),
    namespace: fields.text('namespace'),
  }
}

function readCluster(fields: Fields, file: string): ClusterEntry {
  checkExtensions(fields)
  return {
    origin: { file, field: pathText(fields.path) },
    server: fields.text('server'),
    tlsServerName: fields.text('tls-server-name'),
    insecureSkipTlsVerify: fields.flag('insecure-skip-tls-verify'),
    certificateAuthority: fields.text('certificate-authority'),
    certificateAuthorityData: fields.bytes('certificate-authority-data'),
    proxyUrl: fields.text('proxy-url'),
    disableCompression: fields.flag('disable-compression'),
    execExtension: readExecExtension(fields),
  }
}

function readExecExtension(cluster: Fields): JsonValue {
  const extension = cluster
    .objects('extensions')
    .filter((candidate) => candidate.text('name') === execExtensionName)
    .find((candidate) => candidate.value('extension') !== null)
  if (extension === undefined) return null
  return withSortedKeys(extension.value('extension'), [...extension.path, 'extension'], 0)
}

/** Kubernetes keeps an extension in Go maps, so a plugin gets its keys in order. */
function withSortedKeys(value: JsonValue, path: FieldPath, depth: number): JsonValue {
  if (depth > deepestExtension) throw new FieldProblem(path, 'is nested too deeply')
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new FieldProblem(path, 'is a number out of range')
  }
  if (isList(value)) return value.map((item) => withSortedKeys(item, path, depth + 1))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(utf8(a), utf8(b)))
  return Object.fromEntries(
    entries.map(([key, item]) => [key, withSortedKeys(item, path, depth + 1)]),
  )
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

function readUser(fields: Fields, file: string): UserEntry {
  checkExtensions(fields)
  const provider = fields.object('auth-provider')
  const exec = fields.object('exec')
  provider?.textMap('config')
  return {
    origin: { file, field: pathText(fields.path) },
    clientCertificate: fields.text('client-certificate'),
    clientCertificateData: fields.bytes('client-certificate-data'),
    clientKey: fields.text('client-key'),
    clientKeyData: secretOf(Buffer.from(fields.bytes('client-key-data')).toString('utf8')),
    token: secretOf(fields.text('token')),
    tokenFile: fields.text('tokenFile'),
    impersonate: {
      user: fields.text('as'),
      uid: fields.text('as-uid'),
      groups: fields.texts('as-groups'),
      extra: fields.textLists('as-user-extra'),
    },
    username: fields.text('username'),
    password: secretOf(fields.text('password')),
    authProvider: provider?.text('name'),
    exec: exec === undefined ? undefined : readExec(exec),
  }
}

function secretOf(text: string): Secret | undefined {
  return text === '' ? undefined : new Secret(text)
}

function readExec(fields: Fields): ExecEntry {
  const apiVersion = fields.text('apiVersion')
  return {
    command: fields.text('command'),
    args: fields.texts('args'),
    env: fields.objects('env').map((item) => ({
      name: item.text('name'),
      value: item.text('value'),
    })),
    apiVersion,
    installHint: fields.text('installHint'),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') || defaultInteractiveMode(apiVersion),
  }
}

/** The versions before v1 had no such field, and asked when they could. */
function defaultInteractiveMode(apiVersion: string): string {
  const older = [`${clientAuthenticationGroup}/v1beta1`, `${clientAuthenticationGroup}/v1alpha1`]
  return older.includes(apiVersion) ? 'IfAvailable' : ''
}
