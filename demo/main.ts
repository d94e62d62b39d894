// The demo: npm run demo
import { answerPlainly, isPlain } from '../scripts/plain-wish.ts'
import { readArguments, usage } from './arguments.ts'

const wish = readArguments(process.argv.slice(2))
if (isPlain(wish)) {
  answerPlainly(wish, usage)
} else {
  // Not before it is wanted: the story brings the whole library with it.
  const { performStory } = await import('./perform-story.ts')
  process.exitCode = await performStory(wish.keep)
}
