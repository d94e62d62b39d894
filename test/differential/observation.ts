/** One run of the plugin, as it saw it. */
export interface ObservedRun {
  /** Its arguments, after those that the kernel puts before them for a script: interpreter and path. */
  readonly cmdline: readonly string[]
  /** Variables, sorted: their order means nothing, but one that is there twice would. Without exec info. */
  readonly env: readonly string[]
  /** Every KUBERNETES_EXEC_INFO, byte for byte. */
  readonly execInfo: readonly string[]
  readonly stdin: string
  readonly cwd: string
}

/** One request, as the server saw it. */
export interface ObservedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly user: string | undefined
  readonly statusCode: number | undefined
  readonly certificate: string | undefined
  readonly serverName: string | undefined
  /** Which of the two servers it reached. */
  readonly server: 'first' | 'other'
}

/** What came of a case with one program. */
export interface Observation {
  readonly runs: readonly ObservedRun[]
  readonly requests: readonly ObservedRequest[]
  readonly exitCode: number | string
  readonly stdout: string
  /** What is said about the failure, '' for none. */
  readonly error: string
  readonly warnings: readonly string[]
  /** Lines of the plugin's on standard error. */
  readonly plugin: readonly string[]
}

/** One side of an {@link Observation}. */
export type Aspect = keyof Observation

/** Every aspect. */
export const aspects: readonly Aspect[] = [
  'runs',
  'requests',
  'exitCode',
  'stdout',
  'error',
  'warnings',
  'plugin',
]
