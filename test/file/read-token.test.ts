import { writeFileSync } from 'node:fs'
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

test('a file that cannot be read is told in the words of client-go', async () => {
  const file = join(folder, 'missing')
  await expect(readToken(file)).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_FILE',
    message: expect.stringContaining(
      `failed to read token file ${JSON.stringify(file)}: open ${file}: no such`,
    ),
    cause: expect.objectContaining({ code: 'ENOENT' }),
  })
})

test('a file of more than 1 MiB is refused', async () => {
  await expect(readToken(fileWith(Buffer.alloc(2 ** 20 + 1, 'x')))).rejects.toMatchObject({
    message: expect.stringContaining('it is larger than 1 MiB'),
  })
})
