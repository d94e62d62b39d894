import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// Kubecred beside kubectl, case by case. The work is done in other processes; this one waits for them.
const differential: ViteUserConfig = {
  ...config,
  test: {
    ...config.test,
    include: ['test/**/*.differential.ts'],
    globalSetup: ['test/differential/global-setup.ts'],
    maxConcurrency: 4,
    testTimeout: 120_000,
    reporters: ['default', './test/differential/reporter.ts', './scripts/suite/reporter.ts'],
  },
}

export default differential
