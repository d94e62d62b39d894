import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { mkdtempSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { oraclePath } from '../cluster/oracle.ts'
import { kubeconfigCase } from './kubeconfigs.ts'
import { prepareScene, questionOf, theirConnection, ourConnection } from './compare-kubeconfigs.ts'
const waiting: any[] = []
const child = spawn(oraclePath(), { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH } })
createInterface({ input: child.stdout }).on('line', (l) => waiting.shift()(JSON.parse(l)))
const oracle: any = { ask: (q: any) => new Promise((r) => { waiting.push(r); child.stdin.write(JSON.stringify(q) + '\n') }) }
const n = Number(process.argv[2] ?? 1000), seed = Number(process.argv[3] ?? 1), show = Number(process.argv[4] ?? 3)
const scene = prepareScene(mkdtempSync('/tmp/kubecred-scene-'))
const groups = new Map<string, any[]>(), tally = new Map<string, number>()
const cls = (e: any) => e === undefined ? 'value' : 'E:' + e.replaceAll(scene.folder, '').replace(/"[^"]*"/g, 'Q').slice(0, 70)
const t0 = Date.now()
for (const c of fc.sample(kubeconfigCase, { numRuns: n, seed })) {
  const q = questionOf(scene, c)
  let theirs: any, ours: any
  try { theirs = await theirConnection(oracle, q) } catch (e: any) { theirs = { error: 'THEIR ' + e.message } }
  try { ours = await ourConnection(q) } catch (e: any) { ours = { error: 'CRASH ' + e.stack } }
  const tk = theirs.error === undefined ? 'value' : 'error'
  tally.set(tk, (tally.get(tk) ?? 0) + 1)
  let key: string | undefined
  if (theirs.error === undefined && ours.error === undefined) {
    const a = JSON.parse(JSON.stringify(theirs.value)), b = JSON.parse(JSON.stringify(ours.value))
    const diff = Object.keys(a).filter((k) => !isDeepStrictEqual(a[k], b[k]))
    if (diff.length) key = 'VALUE ' + diff.map((k) => `${k}: ${JSON.stringify(a[k])} <> ${JSON.stringify(b[k])}`).join('; ').slice(0, 200)
  } else if ((theirs.error === undefined) !== (ours.error === undefined)) key = `${cls(theirs.error)} <> ${cls(ours.error)}`
  if (key !== undefined) {
    const g = groups.get(key) ?? []; groups.set(key, g)
    g.push([c.files.map((f) => f && Buffer.from(f).toString('latin1').slice(0, 900)), c.explicit, c.set, c.insecure, theirs.error, ours.error])
  }
}
console.log(Date.now() - t0, 'ms', Object.fromEntries(tally))
for (const [k, g] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
  console.log('=====', k, g.length)
  for (const x of g.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length).slice(0, show)) console.log('   ', JSON.stringify(x))
}
child.stdin.end()
process.exit(0)
