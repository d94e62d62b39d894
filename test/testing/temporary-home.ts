import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Home of the programs that tests run, kubectl among them: it writes a cache there, even into one
 * that was not there.
 */
export const temporaryHome: string = join(tmpdir(), 'kubecred-test-home')
