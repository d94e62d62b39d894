import type { ConnectOptions } from '../../src/connect/wire.ts'
import { connect as connectHttps } from '../../src/doors/https.ts'
import { TokenManager, type TokenClient, type TokenManagerOptions } from '../../src/doors/token.ts'
import {
  connect as connectUndici,
  tokenClient,
  type RequestingCluster,
} from '../../src/doors/undici.ts'
import { until } from '../testing/until.ts'
import { certificateUser, kubeconfigFile } from './clients.ts'
import type { Cluster } from './cluster.ts'

/** User who may get tokens once {@link grantTokenRights} was called. */
export const tokenAgentUser = 'token-agent'

const rights = '/apis/rbac.authorization.k8s.io/v1'

/** What a token manager can send its requests with. */
export type Stack = 'undici' | 'node:https'

interface Connection extends RequestingCluster {
  close(): Promise<void>
}

const connects: Readonly<Record<Stack, (options: ConnectOptions) => Promise<Connection>>> = {
  undici: connectUndici,
  'node:https': connectHttps,
}

/** A token manager, and what it sends. */
export interface WatchedManager extends AsyncDisposable {
  readonly manager: TokenManager
  readonly requests: RequestWatch
}

/** Lets a user, and whoever is of these groups, get tokens and look at ServiceAccounts, and do nothing else. */
export async function grantTokenRights(
  { admin }: Cluster,
  ...groups: readonly string[]
): Promise<void> {
  const metadata = { name: tokenAgentUser }
  await admin.call('POST', `${rights}/clusterroles`, {
    metadata,
    rules: [
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] },
    ],
  })
  const apiGroup = 'rbac.authorization.k8s.io'
  await admin.call('POST', `${rights}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup, kind: 'ClusterRole', name: tokenAgentUser },
    subjects: [
      { apiGroup, kind: 'User', name: tokenAgentUser },
      ...groups.map((name) => ({ apiGroup, kind: 'Group', name })),
    ],
  })
  // The server's authorizer follows what is stored, a little behind.
  await until(async () => {
    const resourceAttributes = { verb: 'create', resource: 'serviceaccounts', subresource: 'token' }
    const spec = { user: tokenAgentUser, resourceAttributes }
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
    const { status } = await admin.call('POST', path, { spec })
    return (status as { readonly allowed: boolean }).allowed
  })
}

/** A token manager of the user who may get tokens, or of somebody else. */
export async function openManager(
  cluster: Cluster,
  folder: string,
  {
    stack = 'undici',
    user = tokenAgentUser,
    through = (client) => client,
    ...options
  }: Partial<TokenManagerOptions> & {
    readonly stack?: Stack
    readonly user?: string
    /** What stands between the manager and the server. */
    readonly through?: (client: TokenClient) => TokenClient
  } = {},
): Promise<WatchedManager> {
  const kubeconfig = await kubeconfigFile(cluster, folder, certificateUser(cluster.issue(user)))
  const connected = await connects[stack]({ kubeconfig })
  const requests = new RequestWatch()
  const client = requests.watch(through(tokenClient(connected)))
  const manager = new TokenManager({ client, ...options })
  return {
    manager,
    requests,
    async [Symbol.asyncDispose]() {
      await manager.close()
      await connected.close()
    },
  }
}

/** Sees the requests of a token manager pass. */
export class RequestWatch {
  /** Method and path of each. */
  readonly lines: string[] = []
  /** Status code of each answer; 0 where there was none. */
  readonly statusCodes: number[] = []
  /** Those that are on their way. */
  inFlight = 0
  /** Most of them at a time. */
  mostInFlight = 0

  /** A client whose requests it sees. */
  watch(client: TokenClient): TokenClient {
    return async (request) => {
      this.lines.push(`${request.method} ${request.path}`)
      this.inFlight++
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
      let statusCode = 0
      try {
        const answer = await client(request)
        statusCode = answer.statusCode
        return answer
      } finally {
        this.statusCodes.push(statusCode)
        this.inFlight--
      }
    }
  }
}
