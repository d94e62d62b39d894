import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, expect } from 'vitest'

import { accountOf, type Account } from './accounts.ts'
import type { KubectlOptions, KubectlProcess } from './kubectl-process.ts'
import type { Way } from './ways.ts'

/** Two ways to servers that are alike, for one test. */
export interface BothWays {
  /** Runs kubectl both ways, expects no difference, and tells of it. */
  same(args: readonly string[], options?: Omit<KubectlOptions, 'folder'>): Promise<Account>
  /** The same with kubectl in the hands of the test, until it ends. */
  sameWhile(
    args: readonly string[],
    run: (kubectl: KubectlProcess, way: Way) => Promise<void>,
    options?: Omit<KubectlOptions, 'folder'>,
  ): Promise<Account>
  /** Writes a file into the folders that kubectl runs in. */
  write(name: string, text: string): Promise<void>
  /** Does something both ways. */
  each<T>(act: (way: Way) => T | Promise<T>): Promise<readonly T[]>
}

/** Opens two ways for each test. */
export function bothWays(...open: readonly (() => Promise<Way>)[]): BothWays {
  let ways: readonly Way[] = []
  beforeEach(async () => {
    ways = await Promise.all(open.map((each) => each()))
  })
  afterEach(async () => {
    await Promise.all(ways.map((way) => way.close()))
  })
  const each: BothWays['each'] = (act) => Promise.all(ways.map(async (way) => await act(way)))
  const sameWhile: BothWays['sameWhile'] = async (args, run, options) => {
    const [one, other] = await each(async (way) => {
      const kubectl = way.kubectl(args, options)
      try {
        await run(kubectl, way)
      } finally {
        // The second time it would not end in good order.
        if (!kubectl.child.killed) kubectl.child.kill()
      }
      return await accountOf(way, kubectl)
    })
    if (one === undefined) throw new Error('no way was opened')
    expect(other).toEqual(one)
    return one
  }
  return {
    each,
    sameWhile,
    same: (args, options) => sameWhile(args, async ({ ended }) => void (await ended), options),
    async write(name, text) {
      await each(({ folder }) => writeFile(join(folder, name), text))
    },
  }
}
