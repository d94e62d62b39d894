import { fileURLToPath } from 'node:url'

import type { InputOptions, OutputOptions } from 'rolldown'

// In place of the whole of undici.
const undiciDispatchers = fileURLToPath(
  new URL('scripts/build/undici-dispatchers.mjs', import.meta.url),
)

interface CommandLineBundle {
  readonly input: InputOptions
  readonly output: OutputOptions
}

// The command line in one folder with all that it needs, so that `npm i -g kubecred` brings no
// other package. What main.ts imports dynamically stays a file of its own (undici costs
// 40 ms to load, more than the whole of a short command). Not minified: that saves no time at the
// start, and stack traces stay readable.
const bundle: CommandLineBundle = {
  input: {
    input: { kubecred: 'src/cli/main.ts' },
    platform: 'node',
    resolve: { alias: { undici$: undiciDispatchers } },
    tsconfig: './tsconfig.json',
  },
  output: {
    dir: 'dist/bin',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // What several chunks share stands in one file and not in many small ones: each file that a
    // short command has to load costs it more than what else the file holds.
    codeSplitting: { groups: [{ name: 'core', test: /[\\/]src[\\/]/, minShareCount: 2 }] },
    comments: { legal: true, annotation: false, jsdoc: false },
  },
}

export default bundle
