import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// Suites that take too long for every run of `npm test`.
const slow: ViteUserConfig = {
  ...config,
  test: { ...config.test, include: ['test/**/*.slow.ts'], testTimeout: 600_000 },
}

export default slow
