// Tries inputs that nobody would think of, for a bounded time:
//
//   npm run fuzz; `npm run fuzz -- --help` says what else
//
// What it finds is shrunk and written to test/fuzz/corpus/, which `npm test` tries again for ever.
import { createHash, randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import fc from 'fast-check'

import { inputs } from '../test/fuzz/inputs.ts'
import { shrink } from '../test/fuzz/shrink.ts'
import { targets } from '../test/fuzz/targets.ts'
import type { Finding } from '../test/fuzz/verdict.ts'
import { WatchedWorker } from '../test/fuzz/watched-worker.ts'
import { readArguments, usageOf } from './fuzz/arguments.ts'

const batch = 500
// What a thread needs more as time passes, beyond what the engine itself does: nothing.
const mostGrowth = 24 * 2 ** 20

const known = targets.map(({ name }) => name)
const counts = new Map<string, number>()
const heaps: number[] = []
const found: string[] = []
const wish = readArguments(process.argv.slice(2), known)
if (wish.kind === 'help') {
  process.stdout.write(usageOf(known))
  process.exit(0)
}
if (wish.kind === 'unknown') {
  process.stderr.write(`${wish.why}\n\n${usageOf(known)}`)
  process.exit(2)
}
const { seconds, names: chosen } = wish
let seed = wish.seed ?? randomInt(2 ** 31)
const worker = new WatchedWorker()
const endsAt = performance.now() + seconds * 1000
print(`seed ${seed}, for ${seconds} s`)
while (performance.now() < endsAt && found.length < 10) {
  for (const name of chosen) await tryBatch(name, seed)
  seed += 1
}
await worker.close()
judgeMemory()
for (const [name, count] of counts) print(`${name}: ${count} inputs`)
print(found.length === 0 ? 'nothing found' : `found:\n${found.join('\n')}`)
process.exitCode = found.length === 0 ? 0 : 1

async function tryBatch(target: string, batchSeed: number): Promise<void> {
  const outcome = await worker.run({ target, seed: batchSeed, count: batch })
  counts.set(target, (counts.get(target) ?? 0) + batch)
  if (outcome.died !== undefined) {
    const bytes = fc.sample(inputs[target] ?? fc.constant(new Uint8Array()), {
      seed: batchSeed,
      numRuns: batch,
    })[Math.max(0, outcome.index)]
    await save(target, batchSeed, outcome.died, bytes ?? new Uint8Array())
    heaps.length = 0
  } else {
    heaps.push(outcome.report.heap)
    if (outcome.report.found !== undefined) {
      const { finding, bytes } = outcome.report.found
      await save(target, batchSeed, finding, bytes)
    }
  }
}

async function save(
  target: string,
  batchSeed: number,
  finding: Finding,
  bytes: Uint8Array,
): Promise<void> {
  const short =
    finding.kind === 'hang' ? bytes : await shrink(bytes, (less) => isSame(target, finding, less))
  const name = createHash('sha256').update(short).digest('hex').slice(0, 12)
  const file = new URL(`../test/fuzz/corpus/${target}/${name}`, import.meta.url)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, short)
  found.push(
    `${target}, seed ${batchSeed}: ${finding.kind}: ${finding.what}\n  ${fileURLToPath(file)}`,
  )
}

async function isSame(target: string, finding: Finding, bytes: Uint8Array): Promise<boolean> {
  const outcome = await worker.run({ target, bytes })
  return (outcome.died ?? outcome.report.found?.finding)?.kind === finding.kind
}

/** Compares the first batches after the warm-up with the last ones. */
function judgeMemory(): void {
  const rounds = Math.floor(heaps.length / 4)
  if (rounds < chosen.length) return
  const least = (from: number): number => Math.min(...heaps.slice(from, from + rounds))
  const growth = least(heaps.length - rounds) - least(rounds)
  print(`memory: ${(growth / 2 ** 20).toFixed(1)} MB more at the end`)
  if (growth > mostGrowth)
    found.push(`memory: ${Math.round(growth / 2 ** 20)} MB are not given back`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
