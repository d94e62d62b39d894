// Reads a token and the namespace in a tight loop until standard input ends, then tells what it has seen, in JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { readInALoop } from '../projection/read-in-a-loop.ts'

const [directory = ''] = process.argv.slice(2)
const seen = { reads: 0, tokens: 0, faults: [] as string[] }
let latest = ''

function read(): void {
  const token = readFileSync(join(directory, 'token'), 'utf8')
  const namespace = readFileSync(join(directory, 'namespace'), 'utf8')
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/u.test(token)) throw new Error(`torn: ${token.length} characters`)
  if (namespace !== 'ci') throw new Error(`torn: ${namespace.length} characters`)
  if (token !== latest) seen.tokens++
  latest = token
}

// The pause leaves some of the machine to those who write.
readInALoop(seen, read, { readsPerTurn: 20, next: (turn) => void setTimeout(turn, 1) })
