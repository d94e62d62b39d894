import { createCredential, fixedProvider, Renewer } from '../../src/doors/index.ts'
import { authorize } from '../../src/transport/authorize.ts'
import type { Effort } from '../measure/effort.ts'
import { inTurns, measure } from '../measure/statistics.ts'
import { startStealMeter } from '../measure/steal.ts'
import { figureAtMost } from '../page/goal.ts'
import type { Found } from '../page/results.ts'
import { startClientGo } from '../peers/client-go.ts'

const rounds = 11
const times = 500_000
const goal = figureAtMost(1)

// What undici's `request` hands on for a typical one.
const headers = { accept: 'application/json', 'content-type': 'application/json' }
const rules = { userAgent: 'bench/1.0 (linux/amd64)', impersonation: [] }
const url = 'https://127.0.0.1:6443/api/v1/namespaces'

/** What it costs to have a fresh credential and to put it on a request. */
export async function benchAuthorisation(effort: Effort): Promise<Found> {
  const steal = startStealMeter()
  const source = new Renewer(fixedProvider('bench', createCredential({ token: 'bench' })))
  await source.get()
  const perRound = effort.amount(times)
  const ours = async (): Promise<number> => authoriseSome(source, perRound)
  await using clientGo = await startClientGo(effort.tell)
  const work = 'a request with a token that is fresh'
  if (clientGo === undefined) {
    const figures: number[] = []
    for (let round = 0; round < effort.rounds(rounds); round++) figures.push(await ours())
    const measures = [measure('time for each', 'µs', { ours: figures }, goal)]
    const leftOut = ['client-go, since there is no Go to build it with.']
    return { rows: [{ work, beside: '', measures, stealPercent: steal() }], leftOut }
  }
  const theirs = async (): Promise<number> => await clientGo.authorise(url, perRound)
  await ours()
  await theirs()
  const figures = await inTurns(effort.rounds(rounds), ours, theirs)
  const measures = [measure('time for each', 'µs', figures, goal)]
  return { rows: [{ work, beside: 'client-go', measures, stealPercent: steal() }] }
}

/** Microseconds for each. */
function authoriseSome(source: Renewer, howMany: number): number {
  let length = 0
  const startedAt = performance.now()
  for (let index = 0; index < howMany; index++) {
    const credential = source.current()
    if (credential === undefined) throw new Error('the credential is not fresh')
    length += authorize(headers, credential, rules).headers.length
  }
  const ms = performance.now() - startedAt
  // What nobody looks at need not be done.
  if (length !== howMany * 8) throw new Error('the headers are not those that were to be added')
  return (ms * 1000) / howMany
}
