import type { ViteUserConfig } from 'vitest/config'
import config from './vitest.config.ts'

// The tests of everything that touches undici, with the oldest major that is supported.
const undici7: ViteUserConfig = {
  ...config,
  resolve: { alias: [{ find: /^undici$/, replacement: 'undici7' }] },
  test: { ...config.test, include: ['test/{transport,connect,doors}/**/*.test.ts'] },
}

export default undici7
