import type { Theme } from './entry.ts'
import { connections } from './themes/connections.ts'
import { environmentAndStart } from './themes/environment-and-start.ts'
import { events } from './themes/events.ts'
import { headers } from './themes/headers.ts'
import { inAPod } from './themes/in-a-pod.ts'
import { kubeconfig } from './themes/kubeconfig.ts'
import { metrics } from './themes/metrics.ts'
import { olderGeneration } from './themes/older-generation.ts'
import { pluginPolicy } from './themes/plugin-policy.ts'
import { projectedVolumes } from './themes/projected-volumes.ts'
import { prompts } from './themes/prompts.ts'
import { proxies } from './themes/proxies.ts'
import { replies } from './themes/replies.ts'
import { requests } from './themes/requests.ts'
import { retries } from './themes/retries.ts'
import { serviceAccountTokens } from './themes/service-account-tokens.ts'

/** Everything that Kubecred guarantees, in the order of docs/BEHAVIOUR.md. */
export const themes: readonly Theme[] = [
  environmentAndStart,
  prompts,
  pluginPolicy,
  replies,
  requests,
  kubeconfig,
  inAPod,
  connections,
  headers,
  olderGeneration,
  events,
  proxies,
  retries,
  metrics,
  serviceAccountTokens,
  projectedVolumes,
]
