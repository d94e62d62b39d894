import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// The suites beside a real API server. One at a time: each file starts a server of its own.
const cluster: ViteUserConfig = {
  ...config,
  test: {
    ...config.test,
    include: ['test/**/*.cluster.ts'],
    globalSetup: ['test/cluster/global-setup.ts'],
    maxWorkers: 1,
    testTimeout: 120_000,
  },
}

export default cluster
