import { expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { formProblem, isJsonWebToken } from '../../src/cli/token-form.ts'
import { serviceAccountClaims, tokenWith } from './token-routes.ts'

const token = tokenWith(serviceAccountClaims('ci', 'deployer'))
const [header = '', claims = '', signature = ''] = token.split('.')
const part = (text: string): string => Buffer.from(text).toString('base64url')
const encrypted = part('{"alg":"dir","enc":"A128GCM"}')

test.each([
  [header, 'it is cut off: a JSON Web Token has three parts, and it has one'],
  [header.slice(0, 9), 'it is cut off: a JSON Web Token has three parts, and it has one'],
  [`${header}.${claims}`, 'it is cut off: a JSON Web Token has three parts, and it has two'],
  [`${header}.${claims}!.x`, 'its second part, that of the claims, is not base64'],
  [`${header}.${claims}.x!`, 'its third part, the signature, is not base64'],
  [`${header}.${claims.slice(0, 20)}.x`, 'its second part, that of the claims, is no JSON'],
  [`${header}..x`, 'its second part, that of the claims, is no JSON'],
  [`${header}.${part('{}')}.x`, 'its second part, that of the claims, holds none'],
  [`${header}.${part('7')}.x`, 'its second part, that of the claims, holds none'],
  [`${token}.x`, 'it has 4 parts, where a JSON Web Token has three'],
  [`${encrypted}.a.b.c.d`, 'it is encrypted: it says something to its issuer only'],
  [`Bearer ${token}`, 'there is a word before the token'],
  [`"${token}"`, 'there are quotes around it'],
  [`${header}.${claims}.\n${signature}`, 'there are blanks or line breaks within it'],
  [Buffer.from(token, 'utf16le').toString('utf8'), 'it is no text, or not in UTF-8'],
  [Buffer.from([0xff, 0xfe, 0x41]).toString('utf8'), 'it is no text, or not in UTF-8'],
  [
    Buffer.from(`${token}\n`).toString('base64'),
    'it is a token in base64 once more, as in the data of a Secret',
  ],
  ['{"status":{}}', 'it is a JSON object without a token in status.token'],
  [`{"status":{"token":"${plantedSecret}`, 'it begins as a JSON object and is none'],
  [plantedSecret, 'it is no JSON Web Token: only a server knows what it means'],
  [`a.${claims}!.c`, 'it is no JSON Web Token: only a server knows what it means'],
])('what is wrong with a token is said, and nothing of it shown (%#)', (text, words) => {
  expect(isJsonWebToken(text)).toBe(false)
  const { what, hint } = formProblem(text)
  expect(what).toBe(words)
  expect(hint).not.toBe('')
})
