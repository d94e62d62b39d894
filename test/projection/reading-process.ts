// Reads a token in a tight loop until standard input ends, then tells what it has seen, in JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { readInALoop } from './read-in-a-loop.ts'
import { generationOf } from './token-text.ts'

const [directory = ''] = process.argv.slice(2)
const file = join(directory, 'token')
const seen = { reads: 0, generations: 0, backwards: 0, faults: [] as string[] }
let latest = -1

function read(): void {
  const text = readFileSync(file, 'utf8')
  const generation = generationOf(text)
  if (generation === undefined) throw new Error(`torn: ${text.length} characters`)
  if (generation < latest) seen.backwards++
  if (generation !== latest) seen.generations++
  latest = generation
}

readInALoop(seen, read, { readsPerTurn: 100, next: setImmediate })
