import { afterAll, beforeAll } from 'vitest'

import { kubernetesVersion, whyNoBinaries } from './binaries.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'

/** Whether there is a real API server to test with. */
export const hasCluster: boolean = whyNoBinaries() === undefined

/** The title of tests beside a real API server; tells why they are skipped where there is none. */
export function besideCluster(title: string): string {
  const why = whyNoBinaries()
  return why === undefined ? `${title} (${kubernetesVersion})` : `${title} (skipped: ${why})`
}

/** Starts a cluster for the tests of a file; it is there when they run. */
export function realCluster(options: ClusterOptions = {}): () => Cluster {
  let cluster: Cluster | undefined
  beforeAll(async () => {
    if (hasCluster) cluster = await Cluster.start(options)
  }, 120_000)
  afterAll(async () => {
    await cluster?.close()
  })
  return () => {
    if (cluster === undefined) throw new Error('the cluster is not there yet')
    return cluster
  }
}
