// The soak: npm run soak
import { randomInt } from 'node:crypto'

import { answerPlainly, isPlain } from '../scripts/plain-wish.ts'
import { readArguments, usage } from './arguments.ts'

const wish = readArguments(process.argv.slice(2), randomInt(2 ** 31))
if (isPlain(wish)) {
  answerPlainly(wish, usage)
} else {
  // Not before it is wanted: it brings the whole library with it.
  const { performSoak } = await import('./perform-soak.ts')
  process.exitCode = await performSoak(wish.minutes, wish.seed)
}
