import { heldCertificates } from '../credential/certificate-places.ts'
import type { Clock } from '../credential/clock.ts'
import { subscribe } from '../events/channels.ts'
import { pluginCall, type PluginCall } from './plugin-call.ts'

/** Hears of each thing that is counted. */
export interface Measurements {
  /** A plugin was called. */
  called(call: PluginCall): void
  /** A plugin was held against the policy. */
  checked(status: 'allowed' | 'denied'): void
  /** A certificate from a plugin was replaced, at this age. */
  rotated(ageSeconds: number): void
}

/**
 * Tells of what happens in this process from now on, to every source in it. Nothing is worked out for
 * it anywhere while nobody listens.
 *
 * @returns A function that ends it.
 */
export function measure(to: Measurements, clock: Clock): () => void {
  const ends = [
    subscribe('kubecred:exec:end', (ended) => {
      const call = pluginCall(ended)
      if (call !== undefined) to.called(call)
    }),
    subscribe('kubecred:exec:policy', ({ allowed }) => {
      to.checked(allowed ? 'allowed' : 'denied')
    }),
    subscribe('kubecred:credential:renewed', ({ kind, replaced }) => {
      if (kind !== pluginKind || replaced === undefined) return
      to.rotated((clock.now() - replaced.notBefore) / 1000)
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

/**
 * Seconds until the first certificate from a plugin ends, over all sources that are alive; less than
 * zero when it has ended, infinite when there is none.
 */
export function certificateTtlSeconds(clock: Clock): number {
  const ends = heldCertificates()
    .filter(({ kind }) => kind === pluginKind)
    .map(({ notAfter }) => notAfter)
  return (Math.min(...ends) - clock.now()) / 1000
}

const pluginKind = 'exec'
