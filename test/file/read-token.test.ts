import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { readToken } from '../../src/file/read-token.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()

function fileWith(content: string | Uint8Array): string {
  const file = join(folder, 'token')
  writeFileSync(file, content)
  return file
}

test('a token comes without the white space around it', async () => {
  expect(await readToken(fileWith('\uFEFF \t eyJ.a-b_c.d \r\n\n'))).toBe('eyJ.a-b_c.d')
})

test.each(['', ' \n\t'])('a file without a token is refused: %j', async (content) => {
  const file = fileWith(content)
  await expect(readToken(file)).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_FILE',
    message: `read empty token from file ${JSON.stringify(file)}`,
    details: { file },
  })
})

test.each(['s3cr3t\ns3cr3t', 's3cr3t\u0000', 's3cr3té'])(
  'what cannot be a header is refused, and not quoted: %j',
  async (content) => {
    const failure = await readToken(fileWith(content)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_CREDENTIAL_FILE' })
    expect(String(failure)).not.toContain('s3cr3t')
  },
)

// What kubectl says of the same files is compared in test/cli/token-files.test.ts.
const isWindows = process.platform === 'win32'

test.each(
  [
    ['missing', 'missing', 'open FILE: no such file or directory', 'check the path'],
    ['below a file', 'token/below', 'open FILE: not a directory', 'check the path'],
    ['a folder', '', 'read FILE: is a directory', 'name the file in the folder'],
  ].filter(([what]) => !isWindows || what === 'missing'),
)(
  'a file that is %s is told in the words of client-go, with a hint and its cause',
  async (_what, name, message, hint) => {
    fileWith('t')
    const file = join(folder, name)
    await expect(readToken(file)).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_FILE',
      message: message.replace('FILE', file),
      hint: expect.stringContaining(hint),
      details: { file },
      cause: expect.objectContaining({ syscall: message.slice(0, 4) }),
    })
  },
)

const isRoot = process.getuid?.() === 0

test.skipIf(isRoot || isWindows)(
  `a file that may not be read is told in the words of client-go${isRoot ? ' (skipped: root may read everything)' : ''}`,
  async () => {
    const file = fileWith('t')
    chmodSync(file, 0o000)
    const message = `open ${file}: permission denied`
    await expect(readToken(file)).rejects.toMatchObject({ message })
    chmodSync(file, 0o600)
  },
)

test('a file of more than 1 MiB is refused', async () => {
  await expect(readToken(fileWith(Buffer.alloc(2 ** 20 + 1, 'x')))).rejects.toMatchObject({
    message: expect.stringContaining('it is larger than 1 MiB'),
  })
})
