// The soak: npm run soak
import { randomInt } from 'node:crypto'

import { readArguments, usage } from './arguments.ts'

const wish = readArguments(process.argv.slice(2), randomInt(2 ** 31))
switch (wish.kind) {
  case 'help':
    process.stdout.write(usage)
    break
  case 'unknown':
    process.stderr.write(`${wish.why}\n\n${usage}`)
    process.exitCode = 2
    break
  default: {
    // Not before it is wanted: it brings the whole library with it.
    const { performSoak } = await import('./perform-soak.ts')
    process.exitCode = await performSoak(wish.minutes, wish.seed)
  }
}
