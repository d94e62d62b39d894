import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { besideClientGo, hasOracle } from '../cluster/oracle.ts'
import { difference } from '../differences.ts'
import { Oracle } from '../oracle/ask.ts'
import {
  ourConnection,
  prepareScene,
  questionOf,
  theirConnection,
  type Outcome,
} from '../oracle/compare-kubeconfigs.ts'
import { pairs } from '../oracle/pairs.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = new URL('tools/', import.meta.url)
const tools = readdirSync(folder).map((name) => name.replace('.yaml', ''))
const [pair] = pairs

/** What tools put in place of these is made for each run. */
function kubeconfigOf(tool: string): Buffer {
  const base64 = (text = ''): string => Buffer.from(text).toString('base64')
  const text = readFileSync(new URL(`${tool}.yaml`, folder), 'utf8')
    .replaceAll('${CA}', base64(pair?.certificate))
    .replaceAll('${CERTIFICATE}', base64(pair?.certificate))
    .replaceAll('${KEY}', base64(pair?.key))
  return Buffer.from(text)
}

/** The tools whose kubeconfigs Kubecred takes otherwise, each for a reason that has its row. */
const otherwise: Readonly<Record<string, () => RegExp>> = {
  'aws-iam-authenticator': () => asRow(difference('v1alpha1'), /^$/u),
  'oidc-legacy': () =>
    asRow(difference('auth-provider-hint'), /no Auth Provider found for name "oidc"/u),
}

function asRow(row: { readonly name: string }, ours: RegExp): RegExp {
  expect(row.name).toMatch(/./u)
  return ours
}

describe.skipIf(!hasOracle())(
  besideClientGo('beside client-go, a kubeconfig as written by'),
  () => {
    const oracle = new Oracle()
    const scene = prepareScene(temporaryFolder())

    async function both(tool: string): Promise<{ theirs: Outcome; ours: Outcome }> {
      const files = [kubeconfigOf(tool)]
      const question = questionOf(scene, { files, explicit: true, set: {}, insecure: false })
      return {
        theirs: await theirConnection(oracle, question),
        ours: await ourConnection(question),
      }
    }

    test.each(tools.filter((tool) => !Object.hasOwn(otherwise, tool)))(
      '%s is the same connection, or the same error',
      async (tool) => {
        const { theirs, ours } = await both(tool)
        // Of an error the first line: what follows is advice, which Kubecred gives as a hint.
        const error = theirs.error?.split('\n')[0]
        expect(ours).toEqual(error === undefined ? theirs : { error })
      },
    )

    test.each(Object.entries(otherwise))('%s is taken otherwise', async (tool, expected) => {
      const { theirs, ours } = await both(tool)
      expect(theirs.error ?? '').not.toBe(ours.error ?? '')
      expect(ours.error ?? '').toMatch(expected())
    })
  },
)
