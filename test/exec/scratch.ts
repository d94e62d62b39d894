import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll } from 'vitest'

/** A folder for the files of a test, gone when its tests are done. */
export interface Scratch {
  readonly path: string
  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array, mode?: number): string
  /** Writes a shell script that can be executed. */
  sh(name: string, body: string): string
  /** Writes a program for Node that can be executed. */
  node(name: string, body: string): string
}

/** Makes a {@link Scratch}. */
export function scratchFolder(): Scratch {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'kubecred-exec-')))
  afterAll(() => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  })
  const file = (name: string, content: string | Uint8Array, mode = 0o600): string => {
    const target = join(path, name)
    writeFileSync(target, content)
    chmodSync(target, mode)
    return target
  }
  return {
    path,
    file,
    sh: (name, body) => file(name, `#!/bin/sh\n${body}\n`, 0o755),
    node: (name, body) => file(name, `#!${process.execPath}\n${body}\n`, 0o755),
  }
}

/** Windows does not run the scripts that stand in for plugins here. */
export const isWindows: boolean = process.platform === 'win32'
