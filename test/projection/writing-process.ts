// Writes one token after the other into a directory until it is killed, as many as `last` says, and prints a
// line for each: DIRECTORY FIRST LAST [durable]
import { AtomicWriter } from '../../src/projection/atomic-writer.ts'
import { tokenText } from './token-text.ts'

const [directory = '', first = '0', last = '0', durable] = process.argv.slice(2)
const writer = new AtomicWriter(directory, { durable: durable === 'durable' })
for (let generation = Number(first); generation <= Number(last); generation++) {
  const token = { data: Buffer.from(tokenText(generation)), mode: 0o600 }
  const extra = { data: Buffer.from(String(generation)), mode: 0o644 }
  // The second path comes and goes, so that links do, too.
  const path = generation % 2 === 0 ? 'even/generation' : 'odd'
  await writer.write(
    new Map([
      ['token', token],
      [path, extra],
    ]),
  )
  process.stdout.write(`${generation}\n`)
}
await writer.close()
