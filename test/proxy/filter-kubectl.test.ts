import { isDeepStrictEqual } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { liveCluster } from '../cli/live-cluster.ts'
import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { startOurs, startTheirs, stopProxy, type StartedProxy } from './both-proxies.ts'
import { decide, type Decision } from './decision.ts'
import { intendedDifferences, type FilterDifference } from './filter-differences.ts'
import { goPatterns, noPatterns } from './filter-patterns.ts'
import { requestTables, type RequestTable } from './filter-requests.ts'
import { generatedRequests } from './generated-requests.ts'
import type { RawRequest } from './raw-request.ts'

const generated = 300
const seed = 20_261_124

const cluster = liveCluster()
const seen = new Set<FilterDifference>()

beforeAll(() => {
  cluster.server.intercept((_request, respond) => {
    respond.reply({ statusCode: 200, body: 'reached' })
    return true
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('the filter decides as that of kubectl proxy'), () => {
  for (const { flags, requests } of withGenerated(requestTables)) {
    describe(flags.length === 0 ? 'without flags' : `with ${flags.join(' ')}`, () => {
      const both = bothWith(flags)

      for (const request of requests) {
        test(titleOf(request), async () => {
          const { ours, theirs } = await both.decide(request)
          expect(judge(request, ours, theirs)).toEqual(theirs)
        })
      }
    })
  }

  test('and every difference that is meant is there', () => {
    expect(intendedDifferences.filter((each) => !seen.has(each))).toEqual([])
  })
})

describe.skipIf(!hasKubectl)(
  besideKubectl('the filter reads a pattern as kubectl proxy does'),
  () => {
    let theirs: StartedProxy
    beforeAll(async () => {
      // One for all: a path that matches none of the others' patterns is refused for its own only.
      const all = goPatterns.map(({ pattern }) => pattern).join(',')
      theirs = await startTheirs(kubeconfigAnd(`--reject-paths=${all}`))
    })
    afterAll(async () => {
      await stopProxy(theirs)
    })

    for (const { pattern, paths } of goPatterns) {
      test(pattern, async () => {
        const ours = await startOurs(kubeconfigAnd(`--reject-paths=${pattern}`))
        try {
          expect(await refused(ours, paths)).toEqual(await refused(theirs, paths))
        } finally {
          await stopProxy(ours)
        }
      })
    }
  },
)

describe.skipIf(!hasKubectl)(
  besideKubectl('what kubectl proxy takes for no pattern is none'),
  () => {
    for (const pattern of noPatterns) {
      test.concurrent(JSON.stringify(pattern), async () => {
        const flags = kubeconfigAnd(`--accept-paths=${pattern}`)
        const [ours, theirs] = await Promise.all([startOurs(flags), startTheirs(flags)])
        await Promise.all([stopProxy(ours), stopProxy(theirs)])
        const words = (form: RegExp): string => expect.stringMatching(form) as string
        expect(theirs).toEqual({
          kind: 'refuses',
          exitCode: 255,
          words: words(/\] Error compiling re: error parsing regexp: /u),
        })
        expect(ours).toEqual({
          kind: 'refuses',
          exitCode: 2,
          words: words(/^error: error parsing regexp: /u),
        })
      })
    }
  },
)

// Go's expressions never go back; those of JavaScript do, and everybody else has to wait.
test('a path that is made to match in many ways is decided as soon as any other', async () => {
  const proxy = await startOurs(kubeconfigAnd())
  try {
    // An expression that goes back takes minutes for this one.
    const target = `/api/${'x/pods/'.repeat(70_000)}`
    const request = { method: 'GET', target, hosts: ['localhost'] }
    const { status } = await decide(proxy, request, cluster.server)
    // Older versions of Node refuse a head as long as this.
    expect([200, 431]).toContain(status)
  } finally {
    await stopProxy(proxy)
  }
})

/** Half of the generated requests meet the defaults, which are what most people have. */
function withGenerated(tables: readonly RequestTable[]): readonly RequestTable[] {
  const more = generatedRequests(generated, seed)
  const tableOf = (index: number): number =>
    index < generated / 2 ? 0 : 1 + (index % (tables.length - 1))
  return tables.map(({ flags, requests }, table) => ({
    flags,
    requests: [...requests, ...more.filter((_request, index) => tableOf(index) === table)],
  }))
}

/** Both proxies with the same flags, while the tests of the block run. */
function bothWith(flags: readonly string[]): {
  decide(request: RawRequest): Promise<{ readonly ours: Decision; readonly theirs: Decision }>
} {
  let proxies: readonly [ours: StartedProxy, theirs: StartedProxy]
  beforeAll(async () => {
    const all = kubeconfigAnd(...flags)
    proxies = await Promise.all([startOurs(all), startTheirs(all)])
  })
  afterAll(async () => {
    for (const proxy of proxies) await stopProxy(proxy)
  })
  return {
    async decide(request) {
      const [ours, theirs] = await Promise.all([
        decide(proxies[0], request, cluster.server),
        decide(proxies[1], request, cluster.server),
      ])
      return { ours, theirs }
    },
  }
}

/** What has to be like theirs: ours, unless it is meant to be different. */
function judge(request: RawRequest, ours: Decision, theirs: Decision): object {
  if (isDeepStrictEqual(ours, theirs)) return ours
  const explains = (each: FilterDifference): boolean =>
    each.concerns(request) && each.allows(ours, theirs, request)
  const intended = intendedDifferences.find(explains)
  if (intended !== undefined) {
    seen.add(intended)
    return theirs
  }
  return ours
}

async function refused(
  proxy: StartedProxy,
  paths: readonly string[],
): Promise<readonly (readonly [path: string, status: number])[]> {
  return await Promise.all(
    paths.map(async (target) => {
      const request = { method: 'GET', target, hosts: ['localhost'] }
      const { status } = await decide(proxy, request, cluster.server)
      return [target, status] as const
    }),
  )
}

function kubeconfigAnd(...flags: readonly string[]): readonly string[] {
  return ['--kubeconfig', cluster.withToken, ...flags]
}

function titleOf({ method, target, hosts, lines = [] }: RawRequest): string {
  const line = JSON.stringify(`${method} ${target}`)
  const shown = line.length > 100 ? `${line.slice(0, 100)}… (${line.length} characters)` : line
  return [shown, 'for', ...hosts.map((host) => JSON.stringify(host)), ...lines].join(' ')
}
