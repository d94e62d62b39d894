// Builds dist/: node scripts/build.ts
import { build } from './build/build.ts'

await build()
