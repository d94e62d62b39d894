import diagnostics from 'node:diagnostics_channel'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { readClientCertificate } from '../../src/credential/client-certificate.ts'
import { createCredential, type Credential } from '../../src/credential/credential.ts'
import { Renewer } from '../../src/credential/renewer.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock } from '../../src/testing/fake-clock.ts'
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { scriptedProvider, seconds, settled } from '../credential/scripted-provider.ts'
import { pluginEnded, policyAsked, renewed } from './happenings.ts'

const authority = createCertificateAuthority()
const hour = 3600 * seconds
const ttlName = 'rest_client_exec_plugin_ttl_seconds'
const ageName = 'rest_client_exec_plugin_certificate_rotation_age'
const callName = 'rest_client_exec_plugin_call_total'

let clock = createFakeClock()
let metrics = new Metrics({ clock })
const sources: Renewer[] = []

beforeEach(() => {
  metrics.close()
  clock = createFakeClock()
  metrics = new Metrics({ clock })
})

afterEach(async () => {
  metrics.close()
  await Promise.all(sources.splice(0).map((source) => source.close()))
})

/** A source whose credentials the test gives one after the other. */
function sourceOf(kind: string | undefined): {
  readonly source: Renewer
  give(credential: Credential): Promise<void>
} {
  const provider = { ...scriptedProvider(), kind }
  const source = new Renewer(provider, { clock, random: () => 0 })
  sources.push(source)
  let run = 0
  return {
    source,
    async give(credential) {
      const renewing = source.renew()
      await settled()
      await provider.run(run++).give(credential)
      await renewing
    },
  }
}

/** A credential whose certificate is valid from so long ago for so long from now on. */
function certified(pastMs: number, leftMs: number): Credential {
  const { certificatePem, privateKeyPem } = authority.issue({
    commonName: 'alice',
    usage: 'client',
    notBefore: new Date(clock.now() - pastMs),
    notAfter: new Date(clock.now() + leftMs),
  })
  return createCredential({ certificate: readClientCertificate(certificatePem, privateKeyPem) })
}

const tokenAlone = createCredential({ token: `${plantedSecret}-token` })

function valueOf(name: string): number | undefined {
  const samples = metrics.families().flatMap((family) => family.samples)
  return samples.find((sample) => sample.name === name)?.value
}

function ttl(): number | undefined {
  return valueOf(ttlName)
}

function ages(): readonly (number | undefined)[] {
  return [valueOf(`${ageName}_count`), valueOf(`${ageName}_sum`)]
}

describe('the time until a certificate ends', () => {
  test('is infinite while no source holds one', async () => {
    expect(ttl()).toBe(Infinity)
    await sourceOf('exec').give(tokenAlone)
    expect(ttl()).toBe(Infinity)
    expect(metrics.text()).toContain(`\n${ttlName} +Inf\n`)
  })

  test('goes down with the clock, and below zero', async () => {
    await sourceOf('exec').give(certified(0, hour))
    expect(ttl()).toBe(3600)
    clock.advance(600 * seconds + 500)
    expect(ttl()).toBe(2999.5)
    clock.advance(hour)
    expect(ttl()).toBe(-600.5)
  })

  test('is that of the source whose certificate ends first', async () => {
    await sourceOf('exec').give(certified(0, 2 * hour))
    const first = sourceOf('exec')
    await first.give(certified(0, hour))
    await sourceOf('exec').give(certified(0, 3 * hour))
    expect(ttl()).toBe(3600)
    await first.give(certified(0, 9 * hour))
    expect(ttl()).toBe(7200)
  })

  test('does not count a source that is closed', async () => {
    const [first, second] = [sourceOf('exec'), sourceOf('exec')]
    await first.give(certified(0, hour))
    await second.give(certified(0, 2 * hour))
    await first.source.close()
    expect(ttl()).toBe(7200)
    await second.source.close()
    expect(ttl()).toBe(Infinity)
  })

  test('does not count a certificate that was replaced by a token', async () => {
    const { give } = sourceOf('exec')
    await give(certified(0, hour))
    await give(tokenAlone)
    expect(ttl()).toBe(Infinity)
  })

  test.each(['file', 'fixed', undefined])('does not count that of a provider: %s', async (kind) => {
    const { give } = sourceOf(kind)
    await give(certified(0, hour))
    await give(certified(0, 2 * hour))
    expect([ttl(), ages()]).toEqual([Infinity, [0, 0]])
  })

  test('is known to whoever begins to count later', async () => {
    metrics.close()
    await sourceOf('exec').give(certified(0, hour))
    metrics = new Metrics({ clock })
    expect(ttl()).toBe(3600)
  })
})

describe('the age of a certificate that is replaced', () => {
  test('is observed once for each change, and not for the first one', async () => {
    const { give } = sourceOf('exec')
    await give(certified(100 * seconds, hour))
    expect(ages()).toEqual([0, 0])
    clock.advance(500 * seconds)
    const second = certified(0, hour)
    await give(second)
    expect(ages()).toEqual([1, 600])
    clock.advance(1000 * seconds)
    await give(second)
    expect(ages()).toEqual([1, 600])
    await give(certified(0, 2 * hour))
    expect(ages()).toEqual([2, 1600])
  })

  test('is observed when no certificate takes its place, and not when one comes back', async () => {
    const { give } = sourceOf('exec')
    await give(certified(50 * seconds, hour))
    await give(tokenAlone)
    expect(ages()).toEqual([1, 50])
    await give(certified(50 * seconds, hour))
    expect(ages()).toEqual([1, 50])
  })

  test('falls into every bucket that it is not over', () => {
    const { samples = [] } = metrics.families().find(({ name }) => name === ageName) ?? {}
    expect(samples.map(({ labels }) => labels['le']).slice(0, -2)).toHaveLength(12)
    for (const age of [600, 601, 124_416_001]) {
      renewed({ replaced: { notBefore: clock.now() - age * seconds, notAfter: clock.now() } })
    }
    const text = metrics.text()
    expect(text).toContain(`${ageName}_bucket{le="600"} 1\n${ageName}_bucket{le="1800"} 2\n`)
    expect(text).toContain(`_bucket{le="1.24416e+08"} 2\n${ageName}_bucket{le="+Inf"} 3\n`)
  })
})

describe('Metrics', () => {
  test('count for themselves, each from its own beginning', () => {
    pluginEnded({})
    using later = new Metrics({ clock })
    pluginEnded({})
    expect(metrics.text()).toContain(`${callName}{call_status="no_error",code="0"} 2\n`)
    expect(later.text()).toContain(`${callName}{call_status="no_error",code="0"} 1\n`)
  })

  test('count no more after they were closed, and can still be read', () => {
    pluginEnded({})
    const before = metrics.text()
    metrics.close()
    metrics.close()
    pluginEnded({})
    policyAsked(true)
    renewed({ replaced: { notBefore: 0, notAfter: 0 } })
    expect(metrics.text()).toBe(before)
  })

  test('leave nothing behind that would make anybody work for them', () => {
    const names = ['exec:end', 'exec:policy', 'credential:renewed']
    const heard = (): boolean[] =>
      names.map((name) => diagnostics.channel(`kubecred:${name}`).hasSubscribers)
    expect(heard()).toEqual([true, true, true])
    metrics.close()
    expect(heard()).toEqual([false, false, false])
  })

  test('have no label that holds a command, a source or a secret', () => {
    pluginEnded({ command: plantedSecret })
    policyAsked(false)
    renewed({ replaced: { notBefore: 0, notAfter: 0 } })
    const labels = metrics.families().flatMap(({ samples }) => samples.map((each) => each.labels))
    expect(new Set(labels.flatMap(Object.keys))).toEqual(
      new Set(['call_status', 'code', 'le', 'status']),
    )
    expect(metrics.text().includes(plantedSecret)).toBe(false)
  })
})
