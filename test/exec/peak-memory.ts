// A process of its own, whose memory nobody else uses: runs one plugin, and tells how it failed and by
// how much the process has grown at most.

import { KubecredError } from '../../src/errors/kubecred-error.ts'
import { execProvider } from '../../src/exec/provider.ts'

const config = {
  command: process.argv[2] ?? '',
  args: [],
  env: [],
  apiVersion: 'client.authentication.k8s.io/v1',
  installHint: '',
  provideClusterInfo: false,
  interactiveMode: 'Never',
} as const

const timer = setInterval(() => undefined, 1e6)
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024
const provider = execProvider(config, { stderr: 'ignore' })
const before = peakBytes()
const { signal } = new AbortController()
const code = await provider.provide({ reason: 'first', ahead: false, signal }).then(
  () => 'a credential',
  (error: unknown) => (error instanceof KubecredError ? error.code : String(error)),
)
process.stdout.write(JSON.stringify({ code, grownBytes: peakBytes() - before }))
clearInterval(timer)
