import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { mayExecute, readScriptHead, scriptHeadOf } from '../../src/exec/executable-file.ts'
import { scratchFolder } from './scratch.ts'

const scratch = scratchFolder()

describe('scriptHeadOf', () => {
  test.each([
    ['#!/bin/sh\necho', '/bin/sh'],
    ['#! /usr/bin/env -S node\n', '/usr/bin/env'],
    ['#!/bin/sh\r\n', '/bin/sh'],
    ['#!', ''],
  ])('names the interpreter of %j', (head, interpreter) => {
    expect(scriptHeadOf(Buffer.from(head))).toEqual({ kind: 'script', interpreter })
  })

  test.each(['', 'echo hello', '{"kind":', 'echo hello\n\0', '\0'])(
    'takes %j for nothing that can be executed',
    (head) => {
      expect(scriptHeadOf(Buffer.from(head))).toEqual({ kind: 'none' })
    },
  )

  test.each(['7f454c4602010100', 'cffaedfe07000001', 'cafebabe00000002'])(
    'takes what begins with %s for a program',
    (head) => {
      expect(scriptHeadOf(Buffer.from(head, 'hex'))).toEqual({ kind: 'binary' })
    },
  )
})

describe('readScriptHead', () => {
  test('reads only as much as the system does', async () => {
    const path = scratch.file('long', `#!/${'x'.repeat(500)}`)
    expect(await readScriptHead(path)).toEqual({
      kind: 'script',
      interpreter: `/${'x'.repeat(253)}`,
    })
  })

  test('says nothing about what is missing or no file', async () => {
    expect(await readScriptHead(join(scratch.path, 'missing'))).toEqual({ kind: 'binary' })
    expect(await readScriptHead(scratch.path)).toEqual({ kind: 'binary' })
  })

  test.skipIf(process.platform === 'win32')('does not wait on a named pipe', async () => {
    const path = join(scratch.path, 'pipe')
    execFileSync('mkfifo', [path])
    expect(await readScriptHead(path)).toEqual({ kind: 'binary' })
  })
})

describe('mayExecute', () => {
  test('asks the system', async () => {
    expect(await mayExecute(scratch.sh('yes', ''))).toBe(true)
    expect(await mayExecute(join(scratch.path, 'missing'))).toBe(false)
  })
})
