import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('waiting-process.ts', import.meta.url))

// A process that hangs is killed after this time, long before any deadline of a renewal.
const timeout = 20_000

/** What the program printed; fails when it ended with another code than 0. */
async function run(scene: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, scene], { timeout })
  return stdout.trim()
}

test.each([
  ['stays alive while it waits for a slow provider', 'waits', 'got it'],
  ['ends at once when its only caller gave up', 'aborts', 'gave up: enough'],
  ['ends at once when only a run ahead is under way', 'ahead', 'runs ahead: false,true'],
  [
    'stays alive until the deadline of a provider that never answers',
    'deadline',
    'KubecredError: slow plugin: gave no credential within 0.3 s and was stopped',
  ],
  ['stays alive while it waits for the next credential', 'iterates', '1,2'],
  ['ends though its source renews by itself', 'idle', 'got it'],
  [
    'stays alive until a closed source has let go',
    'closes',
    'KubecredError: slow plugin: the credential source is closed',
  ],
])('a process %s', async (_, scene, output) => {
  expect(await run(scene)).toBe(output)
})
