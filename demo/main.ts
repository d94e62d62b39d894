// The demo: npm run demo
import { readArguments, usage } from './arguments.ts'

const wish = readArguments(process.argv.slice(2))
switch (wish.kind) {
  case 'help':
    process.stdout.write(usage)
    break
  case 'unknown':
    process.stderr.write(`${wish.why}\n\n${usage}`)
    process.exitCode = 2
    break
  default: {
    // Not before it is wanted: the story brings the whole library with it.
    const { performStory } = await import('./perform-story.ts')
    process.exitCode = await performStory(wish.keep)
  }
}
