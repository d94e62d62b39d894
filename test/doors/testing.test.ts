import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import * as door from '../../src/doors/testing.ts'

const source = new URL('../../src/doors/testing.ts', import.meta.url)

test('the door to the fakes opens on these names', () => {
  expect(Object.keys(door).toSorted()).toEqual([
    'createCertificateAuthority',
    'createFakeClock',
    'createFakePlugin',
    'startApiServer',
    'writeKubeconfig',
  ])
})

test('its example runs as it stands', () => {
  const page = readFileSync(source, 'utf8').replaceAll(/^ \* ?/gmu, '')
  const [, example = ''] = /^```ts\n([^]+?)^```/mu.exec(page) ?? []
  const program = example.replace("'kubecred/testing'", JSON.stringify(source.href))
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program]
  const printed = execFileSync(process.execPath, args, { timeout: 20_000, encoding: 'utf8' })
  expect(printed).toBe('requests: 0\nplugin runs: 0\n')
})
