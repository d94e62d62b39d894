import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// Suites that take too long for every run of `npm test`. They work all the time.
const slow: ViteUserConfig = {
  ...config,
  test: {
    ...config.test,
    include: ['test/**/*.slow.ts'],
    maxWorkers: '100%',
    testTimeout: 600_000,
  },
}

export default slow
