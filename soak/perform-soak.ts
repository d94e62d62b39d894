import { setTimeout as pause } from 'node:timers/promises'

import { heardInterruption } from '../demo/interruption.ts'
import { Dice } from './dice.ts'
import { allFaults } from './faults/all.ts'
import { forecast } from './forecast.ts'
import { leftOver, look } from './holdings.ts'
import { Journal } from './journal.ts'
import { renderPage, type Results } from './page.ts'
import { judgeProxies, freshProxyHoldings } from './proxy-holdings.ts'
import { Traffic } from './traffic.ts'
import { Weather } from './weather.ts'
import { openWorld, type World } from './world.ts'

// Long enough for every kind of client to do every kind of thing, and for code to be compiled.
const warmUpMs = 8000

/**
 * Soaks for a while, and prints what came of it.
 *
 * @returns The exit code: 1 when a promise was broken, 128 and more after a signal.
 */
export async function performSoak(minutes: number, seed: number): Promise<number> {
  const stop = new AbortController()
  const interrupted = heardInterruption(process.stdout)
  void interrupted.then((error) => stop.abort(error))
  const { signal } = stop
  const isOver = (): boolean => signal.aborted
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`seed ${seed}, for ${minutes} minutes, with ${allFaults.length} kinds of faults`)
  const journal = new Journal(say)
  // The same without faults, first: nothing may fail, and everything that is loaded once is loaded.
  await act(journal, seed, signal, async () => {
    await pause(warmUpMs, undefined, { signal }).catch(() => undefined)
  })
  if (isOver()) return (await interrupted).exitCode
  const begin = await look()
  const startedAt = performance.now()
  const ended = await act(journal, seed, signal, async (world, traffic) => {
    const weather = new Weather(world, traffic, signal)
    await weather.blow(forecast(seed, allFaults), minutes * 60_000)
  })
  if (isOver()) return (await interrupted).exitCode
  const seconds = (performance.now() - startedAt) / 1000
  const end = await look(begin.holdings)
  for (const left of leftOver(begin, end)) journal.breaks(`left over: ${left}`)
  say(`\n${renderPage({ ...ended, seed, seconds, journal, begin, end })}`)
  return journal.broken.length === 0 ? 0 : 1
}

/** Opens a world, lets clients do their work while something happens to it, and closes everything. */
async function act(
  journal: Journal,
  seed: number,
  signal: AbortSignal,
  happen: (world: World, traffic: Traffic) => Promise<void>,
): Promise<Pick<Results, 'plugins' | 'uploads'>> {
  const world = await openWorld(journal)
  try {
    const proxiesBefore = await freshProxyHoldings(world)
    const traffic = new Traffic(world.clients, journal, new Dice(seed))
    const clearing = setInterval(() => world.server.clearRequests(), 1000)
    try {
      await happen(world, traffic)
    } finally {
      clearInterval(clearing)
      await traffic.stop(signal)
      journal.settle()
    }
    if (!signal.aborted) await judgeProxies(world, proxiesBefore)
    return { plugins: world.watches, uploads: world.service.ledger.size }
  } finally {
    await world.close()
  }
}
