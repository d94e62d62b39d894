// Reads a token in a tight loop until standard input ends, then tells what it has seen, in JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generationOf } from './token-text.ts'

const [directory = ''] = process.argv.slice(2)
const file = join(directory, 'token')
const seen = { reads: 0, generations: 0, backwards: 0, faults: [] as string[] }
let latest = -1

function readOnce(): void {
  seen.reads++
  try {
    const text = readFileSync(file, 'utf8')
    const generation = generationOf(text)
    if (generation === undefined) throw new Error(`torn: ${text.length} characters`)
    if (generation < latest) seen.backwards++
    if (generation !== latest) seen.generations++
    latest = generation
  } catch (error) {
    if (seen.faults.length < 10) seen.faults.push(String(error))
  }
}

let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()

function readOn(): void {
  for (let count = 0; count < 100; count++) readOnce()
  if (isOver) process.stdout.write(JSON.stringify(seen))
  else setImmediate(readOn)
}

readOnce()
process.stderr.write('reading\n')
readOn()
