import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// The same bytes to client-go and to Kubecred, thousands of times; both work all the time.
const oracle: ViteUserConfig = {
  ...config,
  test: {
    ...config.test,
    include: ['test/**/*.oracle.ts'],
    globalSetup: ['test/oracle/global-setup.ts'],
    maxWorkers: '100%',
    testTimeout: 300_000,
  },
}

export default oracle
