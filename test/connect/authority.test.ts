import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, test } from 'vitest'

import { openAuthority, type Authority } from '../../src/connect/authority.ts'
import { subscribe } from '../../src/events/channels.ts'
import { createCertificateAuthority } from '../../src/testing/certificate-authority.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'

const root = temporaryFolder()
const [one, two, three] = ['one', 'two', 'three'].map(
  (commonName) => createCertificateAuthority({ commonName }).certificatePem,
) as [string, string, string]
const good = one + two

let path: string
let count = 0

beforeEach(() => {
  mkdirSync(join(root, `test-${count}`))
  path = join(root, `test-${count++}`, 'ca.crt')
})

async function open(pem: string): Promise<Authority> {
  writeFileSync(path, pem)
  return await openAuthority({ kind: 'file', path }, 'prod')
}

/** Writes it, and waits until it was refused; why it was. */
async function refusalOf(pem: string): Promise<string> {
  const messages: string[] = []
  const stop = subscribe('kubecred:file:failed', ({ message }) => messages.push(message))
  writeFileSync(path, pem)
  await until(() => messages.length > 0)
  stop()
  return messages.join()
}

describe('a bundle that is not whole does not replace the one before, when', () => {
  const lines = two.split('\n')
  const half = lines.slice(0, lines.length / 2).join('\n')
  const rotten = two.replaceAll(/^[A-Za-z0-9+/]{40}/gmu, 'A'.repeat(40))
  test.each([
    ['its last certificate is half written', one + half, 'a PEM block is not complete'],
    ['it ends within a line of base64', one + two.slice(0, 200), 'a PEM block is not complete'],
    ['it ends within a BEGIN', `${one}-----BEG`, 'a PEM block is not complete'],
    ['a certificate in it has no end', one + half + three, 'a PEM block is not complete'],
    ['a certificate in it is broken', one + rotten + three, 'certificate 2 of 3 is none'],
    ['there is none in it', 'nothing', 'there is no certificate in it'],
    ['it is empty', '', 'there is no certificate in it'],
  ])('%s', async (_what, pem, why) => {
    const authority = await open(good)
    expect(await refusalOf(pem)).toBe(
      `unable to read certificate-authority ${path} for prod due to ${why}`,
    )
    expect(authority.current()).toBe(good)
    writeFileSync(path, three)
    await until(() => authority.current() === three)
    await authority.close()
  })
})

test('what stands between the certificates of a bundle is let be', async () => {
  const authority = await open(one)
  const annotated = `# Authorities\n=====\n${one.replaceAll('\n', '\r\n')}\n# Two\n-----\n${two}# End\n`
  writeFileSync(path, annotated)
  await until(() => authority.current() !== one)
  expect(authority.current()).toBe(annotated)
  await authority.close()
})

test('the first bundle may be what client-go takes: one certificate that is good', async () => {
  const authority = await open(`${one}${two.slice(0, 200)}`)
  expect(authority.current()).toBe(`${one}${two.slice(0, 200)}`)
  await authority.close()
})
