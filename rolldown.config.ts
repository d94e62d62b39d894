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

// The rooms that need neither cryptography nor a network, and what of the command line each run needs.
const core = new RegExp(
  '/src/(?:(?:errors|events|host|encoding|api|yaml|kubeconfig)/|credential/(?:clock|secret)\\.|' +
    'cli/(?:commands|typed-line|global-flags|request-flags|flag|command-error|report-error|output|session)\\.)',
  'u',
)

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
    // A short command pays for each built-in module that it loads. An ES module that imports one takes all
    // of its names at once, and with them what Node would load at the first use of each: "crypto" alone
    // brings WebCrypto, and that brings the workers.
    format: 'cjs',
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    // What several chunks share stands in three files and not in many small ones: each file that a short
    // command has to load costs it more than what else the file holds. What needs cryptography or a
    // network is the second: completions and help do without. The third is for files that are followed.
    codeSplitting: {
      groups: [
        { name: 'core', test: (id) => core.test(id.replaceAll('\\', '/')) },
        {
          name: 'connection',
          test: /[\\/]src[\\/](?!file[\\/](?!read-pem))/u,
          minShareCount: 2,
        },
        { name: 'files', test: /[\\/]src[\\/]file[\\/]/u, minShareCount: 2 },
      ],
    },
    comments: { legal: true, annotation: false, jsdoc: false },
  },
}

export default bundle
