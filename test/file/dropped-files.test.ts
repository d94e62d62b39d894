import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { openAuthority } from '../../src/connect/authority.ts'
import { openTokenFile } from '../../src/doors/file.ts'
import { FileSource } from '../../src/file/file-source.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const root = temporaryFolder()
const tokenFile = join(root, 'token')
const path = join(root, 'ca.crt')
mkdirSync(root, { recursive: true })
writeFileSync(tokenFile, 'one')
writeFileSync(path, createCertificateAuthority().certificatePem)

const openings: readonly [string, (clock: FakeClock) => Promise<unknown>][] = [
  ['a token file', (clock) => openTokenFile(tokenFile, { clock })],
  ['a certificate authority', (clock) => openAuthority({ kind: 'file', path }, '', clock)],
  [
    'a source of credentials',
    async (clock) => {
      const source = new FileSource({ tokenFile }, { clock })
      await source.get()
      return source
    },
  ],
]

test.each(openings)(
  '%s that is dropped without being closed is followed no more',
  async (_what, open) => {
    const clock = createFakeClock()
    // Some may be collected before the last is there.
    for (let dropped = 0; dropped < 10; dropped++) await open(clock)
    expect(clock.pendingTimers).toBeGreaterThan(0)
    await until(() => {
      collect()
      return clock.pendingTimers === 0
    })
  },
)

test('what is closed holds nothing of whoever has closed it', async () => {
  /** Opens a file, and is in the stack of what it is closed with. */
  class Owner {
    async openAndClose(): Promise<void> {
      const file = await openTokenFile(tokenFile)
      await file.close()
      // Who holds the file on, as a cluster does that is closed, must not hold itself by it.
      Object.assign(this, { file })
    }
  }
  const owner = new WeakRef(
    await (async () => {
      const made = new Owner()
      await made.openAndClose()
      return made
    })(),
  )
  const isGone = (): boolean => {
    collect()
    return owner.deref() === undefined
  }
  await expect.poll(isGone, { timeout: 15_000 }).toBe(true)
})

test('whoever waits for the next value gets it, though nobody holds the file any more', async () => {
  const clock = createFakeClock()
  const values = await (async () => (await openTokenFile(tokenFile, { clock })).values())()
  await values.next()
  const waiting = values.next()
  for (let collections = 0; collections < 5; collections++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  writeFileSync(tokenFile, 'two')
  clock.advance(10_000)
  expect(await waiting).toEqual({ done: false, value: 'two' })
  await values.return?.()
})
