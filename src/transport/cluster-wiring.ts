/** What a cluster is told beside what its HTTP stack needs. */
export interface ClusterWiring {
  /** Namespace of the context. */
  readonly namespace: string
  /** Lets go of all that the connection is made of. Default: closes its source. */
  readonly release?: () => Promise<void>
}
