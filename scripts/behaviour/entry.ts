/** One thing that Kubecred guarantees, and what proves it. */
export interface Entry {
  /** Never changes, and is never given to another entry. Its hundreds are those of the theme. */
  readonly number: number
  /** The guarantee, Markdown, in the present tense. */
  readonly guarantee: string
  /**
   * Where upstream does so, or what Kubecred does better: a folder of a Go module and names in it,
   * several with commas between. Left out for what today's upstream has nothing of.
   *
   * @example
   * `client-go/plugin/pkg/client/auth/exec: Authenticator.refreshCredsLocked, credentials`
   */
  readonly upstream?: string
  /** The minor version of Kubernetes that first had what `upstream` names, `1.22`. */
  readonly since?: string
  /** Names of rows in docs/DIFFERENCES.md, where Kubecred does better. */
  readonly better?: readonly string[]
  /** Tests that fail when the guarantee is broken, see {@link TestReference}. */
  readonly tests: readonly TestReference[]
}

/**
 * A test: its file below test/, and its title with those of the groups around it. A `*` stands for
 * whatever comes of a table.
 *
 * @example
 * `api/rfc3339.test.ts: parseRfc3339 > reads * as Go does`
 */
export type TestReference = string

/** Entries that belong together. */
export interface Theme {
  readonly title: string
  /** 3 for the numbers 300 to 399. */
  readonly hundreds: number
  readonly entries: readonly Entry[]
}
