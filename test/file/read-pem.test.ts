import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { readPem } from '../../src/file/read-pem.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0

test('a file is read byte for byte', async () => {
  const file = join(folder, 'bytes')
  const bytes = Buffer.from([0xff, 0x00, 0x0a])
  writeFileSync(file, bytes)
  expect(await readPem(file, 'certificate-authority')).toEqual(bytes)
})

test('one that is missing is told in the words of kubectl, with role and owner', async () => {
  const file = join(folder, 'missing')
  await expect(readPem(file, 'client-key', 'ann')).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_FILE',
    message: `unable to read client-key ${file} for ann due to open ${file}: no such file or directory`,
    hint: 'check the path; in a kubeconfig it is taken from the folder of the kubeconfig',
    details: { file },
    cause: expect.objectContaining({ code: 'ENOENT' }),
  })
})

test('the owner may be nobody', async () => {
  const file = join(folder, 'missing')
  await expect(readPem(file, 'client-cert')).rejects.toMatchObject({
    message: `unable to read client-cert ${file} due to open ${file}: no such file or directory`,
  })
})

test.skipIf(isWindows)(
  'a folder, and a name that is too long, have hints of their own',
  async () => {
    await expect(readPem(folder, 'client-cert')).rejects.toMatchObject({
      hint: 'name the file in the folder, not the folder',
    })
    await expect(readPem(`${folder}/${'x'.repeat(300)}`, 'client-cert')).rejects.toMatchObject({
      message: expect.stringContaining('file name too long'),
      hint: 'check what the file is, and what writes it',
    })
  },
)

test.skipIf(isRoot || isWindows)(
  `one that may not be read is told${isRoot ? ' (skipped: root may read everything)' : ''}`,
  async () => {
    const file = join(folder, 'closed')
    writeFileSync(file, '')
    chmodSync(file, 0o000)
    await expect(readPem(file, 'client-cert')).rejects.toMatchObject({
      hint: 'make the file readable for the user who runs this program',
    })
  },
)

test('one of more than 1 MiB is refused', async () => {
  const file = join(folder, 'large')
  writeFileSync(file, Buffer.alloc(2 ** 20 + 1))
  await expect(readPem(file, 'certificate-authority', 'k')).rejects.toMatchObject({
    code: 'ERR_CREDENTIAL_FILE',
    message: expect.stringContaining(`for k due to read ${file}: it is larger than 1 MiB`),
  })
})
