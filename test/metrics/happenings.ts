import { publish, type KubecredEvents } from '../../src/events/channels.ts'

type Ended = KubecredEvents['kubecred:exec:end']
type Renewed = KubecredEvents['kubecred:credential:renewed']

/** Says that a plugin has ended. */
export function pluginEnded(how: Partial<Ended>): void {
  publish('kubecred:exec:end', () => ({
    command: '/opt/KUBECRED-PLANTED-SECRET/plugin',
    ok: true,
    started: true,
    exitCode: 0,
    durationMs: 1,
    errorCode: undefined,
    ...how,
  }))
}

/** Says that a plugin was held against the policy. */
export function policyAsked(allowed: boolean): void {
  publish('kubecred:exec:policy', () => ({
    command: '/opt/KUBECRED-PLANTED-SECRET/plugin',
    allowed,
  }))
}

/** Says that a source has got another credential. */
export function renewed(how: Partial<Renewed>): void {
  publish('kubecred:credential:renewed', () => ({
    source: 'exec plugin "KUBECRED-PLANTED-SECRET"',
    kind: 'exec',
    reason: 'due',
    changed: 'certificate',
    certificate: undefined,
    replaced: undefined,
    durationMs: 1,
    expiresAt: undefined,
    ...how,
  }))
}
