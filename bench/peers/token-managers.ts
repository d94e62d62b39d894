import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { buildGoProgram, hasGoProgram } from '../../test/cluster/go-programs.ts'

/** What is measured of a token manager, over how many tokens or callers, and what is found. */
export interface TokenFindings {
  /** Gets of one token that is fresh. */
  readonly 'get-hot': Timing
  /** Gets of tokens that are fresh, one of all by chance each time. */
  readonly 'get-random': Timing
  /** All callers ask at one moment for a token that is not there; an answer takes 50 ms. */
  readonly 'concurrent-cold': Requests
  /** The same with a token that is to be renewed. */
  readonly 'concurrent-due': Requests
  /** Removal of all that belongs to one pod, the median of some, while each token is of a pod of its own. */
  readonly 'remove-owner': Timing
  /** Tokens of 1 KB. */
  readonly memory: Memory
  /** The same; Kubecred's in a Node whose young generation is bounded. */
  readonly 'bounded-memory': Memory
}

interface Timing {
  /** For each. */
  readonly nanoseconds: number
}

interface Requests {
  /** How many came to the token client. */
  readonly requests: number
}

/** Bytes, after a collection of garbage. */
interface Memory {
  readonly residentBefore: number
  readonly residentAfter: number
}

/** What only Kubecred is measured for. */
export interface OwnTokenFindings extends TokenFindings {
  /** The event loop while all tokens are renewed and a tenth of them is swept. */
  readonly 'event-loop': EventLoop
}

interface EventLoop {
  /** The longest that one timer of the manager kept the event loop. */
  readonly longestSliceMs: number
  /** What a timer of somebody else came late, the 99.9th percentile. */
  readonly delayMs: number
  /** How many were renewed meanwhile. */
  readonly renewed: number
  /** How many were swept. */
  readonly swept: number
}

/** Measures one token manager, in a process of its own each time. */
export type TokenManagerBench<Findings extends TokenFindings = TokenFindings> = <
  Name extends keyof Findings & string,
>(
  name: Name,
  howMany: number,
) => Promise<Findings[Name]>

const script = fileURLToPath(new URL('../processes/token-manager.ts', import.meta.url))

/** The token manager of `kubecred/token`. */
export const kubecredTokens: TokenManagerBench<OwnTokenFindings> = async (name, howMany) => {
  const flags = name === 'bounded-memory' ? ['--max-semi-space-size=16'] : []
  return await run(process.execPath, ['--expose-gc', ...flags, script, name, `${howMany}`])
}

/** The kubelet's, which is built on first use: a minute. Undefined where there is no Go. */
export async function kubeletTokens(
  tell: (line: string) => void,
): Promise<TokenManagerBench | undefined> {
  if (!hasGoProgram('tokens')) return undefined
  const path = await buildGoProgram('tokens', tell)
  return async (name, howMany) => await run(path, [name.replace('bounded-', ''), `${howMany}`])
}

async function run<Found>(command: string, args: readonly string[]): Promise<Found> {
  const { stdout } = await promisify(execFile)(command, args)
  // Both programs are ours, and print what their callers expect.
  return JSON.parse(stdout) as Found
}
