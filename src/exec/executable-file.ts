import { constants } from 'node:fs'

import { access, close, open, read, stat } from '../host/file-system.ts'

/** What the first bytes of an executable tell about it. */
export type ScriptHead =
  | { readonly kind: 'script'; readonly interpreter: string }
  /** Neither a `#!` line nor a binary format: no system can execute it. */
  | { readonly kind: 'none' }
  /** A binary; also what may be executed and not read, or is no file. */
  | { readonly kind: 'binary' }

// Linux itself reads this many.
const headBytes = 256

/** Looks at the first bytes of an executable. */
export async function readScriptHead(path: string): Promise<ScriptHead> {
  let file: number | undefined
  try {
    // Opening anything else could wait for ever: a named pipe does.
    if (!(await stat(path)).isFile()) return { kind: 'binary' }
    file = await open(path, 'r')
    const { buffer, bytesRead } = await read(file, Buffer.alloc(headBytes), 0, headBytes, 0)
    return scriptHeadOf(buffer.subarray(0, bytesRead))
  } catch {
    return { kind: 'binary' }
  } finally {
    if (file !== undefined) await close(file)
  }
}

// What the binaries of Unix systems begin with: ELF, and Mach-O in both byte orders, alone or several.
const magics = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf']

/** Tells scripts, binaries and files of no format apart. */
export function scriptHeadOf(head: Uint8Array): ScriptHead {
  const [firstLine = ''] = new TextDecoder('latin1').decode(head).split('\n', 1)
  if (firstLine.startsWith('#!')) {
    return { kind: 'script', interpreter: firstLine.slice(2).trim().split(/\s/u, 1)[0] ?? '' }
  }
  const magic = Buffer.from(head.subarray(0, 4)).toString('hex')
  return magics.includes(magic) ? { kind: 'binary' } : { kind: 'none' }
}

/** Whether this process may execute a file. */
export async function mayExecute(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
