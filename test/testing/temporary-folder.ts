import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll } from 'vitest'

/** A folder that is there until the tests of the file are done. */
export function temporaryFolder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'kubecred-testing-')))
  afterAll(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
  return path
}
