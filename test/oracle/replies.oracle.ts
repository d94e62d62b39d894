import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { difference } from '../differences.ts'
import { Oracle } from './ask.ts'
import { ourReply, theirReply } from './compare-replies.ts'
import { replyCase } from './replies.ts'
import { runs } from './runs.ts'

const v1 = 'client.authentication.k8s.io/v1'

describe.skipIf(!hasOracle())(besideClientGo('beside client-go'), () => {
  const oracle = new Oracle()

  test('any reply comes to the same credential, or to the same kind of error', async () => {
    await fc.assert(
      fc.asyncProperty(replyCase, async (tried) => {
        expect(ourReply(tried)).toEqual(await theirReply(oracle, tried))
      }),
      runs(6000),
    )
  })

  test('YAML that is nested deeper than anything real is refused', async () => {
    const head = `apiVersion: ${v1}\nkind: ExecCredential\nstatus: {token: t}\n`
    const deep = (levels: number): Uint8Array =>
      Buffer.from(`${head}x: ${'['.repeat(levels)}${']'.repeat(levels)}\n`)
    const shallow = { stdout: deep(400), apiVersion: v1 } as const
    expect(ourReply(shallow)).toEqual(await theirReply(oracle, shallow))
    const tried = { stdout: deep(5000), apiVersion: v1 } as const
    expect((await theirReply(oracle, tried)).error).toBeUndefined()
    difference('yaml-depth')
    expect(ourReply(tried).error).toBe('yaml')
  })
})
