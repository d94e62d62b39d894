// Reads a token and the namespace in a tight loop until standard input ends, then tells what it has seen, in JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [directory = ''] = process.argv.slice(2)
const seen = { reads: 0, tokens: 0, faults: [] as string[] }
let latest = ''

function readOnce(): void {
  seen.reads++
  try {
    const token = readFileSync(join(directory, 'token'), 'utf8')
    const namespace = readFileSync(join(directory, 'namespace'), 'utf8')
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/u.test(token))
      throw new Error(`torn: ${token.length} characters`)
    if (namespace !== 'ci') throw new Error(`torn: ${namespace.length} characters`)
    if (token !== latest) seen.tokens++
    latest = token
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
  for (let count = 0; count < 20; count++) readOnce()
  if (isOver) process.stdout.write(JSON.stringify(seen))
  // Leaves some of the machine to those who write.
  else setTimeout(readOn, 1)
}

readOnce()
process.stderr.write('reading\n')
readOn()
