import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { oraclePath } from '/tmp/wt/oracle/test/cluster/oracle.ts'
import { replyCase } from '/tmp/wt/oracle/test/oracle/replies.ts'
import { ourReply, theirReply } from '/tmp/wt/oracle/test/oracle/compare-replies.ts'
import { isDeepStrictEqual } from 'node:util'
const waiting: any[] = []
const child = spawn(oraclePath(), { stdio: ['pipe', 'pipe', 'inherit'] })
createInterface({ input: child.stdout }).on('line', (l) => waiting.shift()(JSON.parse(l)))
let lastAnswer: any
const oracle: any = { ask: (q: any) => new Promise((r) => { waiting.push((a: any) => { lastAnswer = a; r(a) }); child.stdin.write(JSON.stringify(q) + '\n') }) }
const n = Number(process.argv[2] ?? 1000), seed = Number(process.argv[3] ?? 1)
const groups = new Map<string, any[]>()
const tally = new Map<string, number>()
let t0 = Date.now()
for (const c of fc.sample(replyCase, { numRuns: n, seed })) {
  let theirs: any, ours: any
  try { theirs = await theirReply(oracle, c) } catch (e: any) { theirs = { error: e.message } }
  try { ours = await ourReply(c) } catch (e: any) { ours = { error: 'CRASH ' + e.stack } }
  tally.set(theirs.error ?? 'value', (tally.get(theirs.error ?? 'value') ?? 0) + 1)
  if (!isDeepStrictEqual(theirs, ours)) {
    const key = `${theirs.error ?? 'value'} <> ${ours.error ?? 'value'}`
    const g = groups.get(key) ?? []; groups.set(key, g)
    g.push([c.apiVersion, Buffer.from(c.stdout).toString('latin1').slice(0, 400), lastAnswer])
  }
}
console.log(Date.now() - t0, 'ms', Object.fromEntries(tally))
for (const [k, g] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
  console.log('=====', k, g.length)
  for (const x of g.sort((a, b) => a[1].length - b[1].length).slice(0, Number(process.argv[4] ?? 4))) console.log('   ', JSON.stringify(x))
}
child.stdin.end()
