import type { JsonObject } from '../../src/api/json.ts'
import type { RequestInterceptor } from '../../src/testing/interceptors.ts'
import type { Difference } from '../differences.ts'
import type { Aspect } from './observation.ts'
import type { Stage } from './stage.ts'

/** A value, or how it follows from where the case is played. */
export type OfStage<T> = T | ((stage: Stage) => T)

/** One situation that kubectl and Kubecred are put into; what is left out is the plainest way. */
export interface Case {
  /** What is particular about it. */
  readonly name: string
  /** Fields of the exec entry to add or to replace; false for a user without one. */
  readonly exec?: OfStage<JsonObject> | false
  /** Fields of the user beside `exec`. */
  readonly user?: OfStage<JsonObject>
  /** Fields of the cluster to add or to replace. */
  readonly cluster?: OfStage<JsonObject>
  /** Fields of the kubeconfig to add or to replace. */
  readonly config?: OfStage<JsonObject>
  /** Files to write, by their names in the folder of the case: an object is written as JSON. */
  readonly files?: OfStage<Readonly<Record<string, JsonObject | string>>>
  /** Other preparation, in the folder of the case. */
  readonly prepare?: (stage: Stage) => void

  /** Status of the plugin's reply. Default: the token of `ann`. */
  readonly status?: OfStage<JsonObject>
  /** What the plugin prints instead of such a reply. */
  readonly reply?: OfStage<string | Uint8Array>
  /** What the plugin does instead of printing its reply: a piece of shell script. */
  readonly act?: string

  /** Answers of the server instead of its own; made anew for each program. */
  readonly server?: (stage: Stage) => RequestInterceptor
  /** Default: `get`. */
  readonly call?: Call
  /** Path on the server. Default: that of a namespace, which nobody may read without a credential. */
  readonly path?: string
  /** Flags for both programs. Default: none but `--kubeconfig`, which `kubeconfig: false` takes away. */
  readonly flags?: OfStage<readonly string[]>
  readonly kubeconfig?: false
  /** Variables for both programs, beside PATH, HOME and RECORD. */
  readonly env?: OfStage<Readonly<Record<string, string>>>
  /** Default: the null device. */
  readonly stdin?: 'null' | 'pipe' | 'file' | 'terminal'
  /** What is typed on the terminal at a prompt. Default: nothing. */
  readonly keys?: string

  /** Both fail, and their error begins with these words; without it both succeed. */
  readonly fails?: OfStage<string>
  /** What follows these words is not the same: Go's own words about a detail. */
  readonly loosely?: true
  /** A row of DIFFERENCES.md, where it shows, and how. */
  readonly differs?: Differs
  /** A kubectl before this minor version of 1 deviates from later ones. */
  readonly older?: readonly (Deviation & { readonly before: number; readonly because: string })[]
}

/** A deviation that DIFFERENCES.md allows. */
export type Differs = Deviation & { readonly because: Difference }

/** That two observations are not the same, and how. */
export interface Deviation {
  /** Exactly these aspects differ. */
  readonly in: readonly Aspect[]
  /** What Kubecred's observation holds there, as `toMatchObject` takes it. */
  readonly ours?: { readonly [Name in Aspect]?: unknown }
}

/** What is asked of the server. */
export type Call = 'get' | 'create' | 'replace' | 'delete' | 'whoami' | 'token'
