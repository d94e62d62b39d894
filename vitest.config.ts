import { availableParallelism } from 'node:os'

import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Modules keep no state in this project, so the files of a worker share one module graph: ten
    // times faster. Processes and not threads, because some tests are about signals and terminals.
    pool: 'forks',
    isolate: false,
    // More than there are cores: many tests wait for programs of their own.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    // What is looked for again and again may take its time on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './scripts/suite/reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'html'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
})

export default config
