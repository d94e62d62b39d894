import { membersOf, parseJson } from '../api/json-shape.ts'
import { claimsOf } from '../api/service-account-claims.ts'

/** What keeps a text from being a token that says something of itself; nothing of the text is in it. */
export interface FormProblem {
  readonly what: string
  readonly hint: string
}

/** Whether a text is in the form of one, with claims in it. */
export function isJsonWebToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/u.test(text) && Object.keys(claimsOf(text)).length > 0
}

/** Whether a text begins as a JSON Web Token does, with an object in base64. */
export function beginsAsToken(text: string): boolean {
  return decoded(text.split('.')[0] ?? '').startsWith('{"')
}

/** What is wrong with a text that is no JSON Web Token, as far as one can tell. */
export function formProblem(text: string): FormProblem {
  return framed(text) ?? (beginsAsToken(text) ? damaged(text) : opaque)
}

const alone = 'give a file that holds a token and nothing else, or - for standard input'
const again = 'get it once more: it was cut off or changed on the way'

/** What is around a token, or stands in its place. */
function framed(text: string): FormProblem | undefined {
  if (text.startsWith('{')) {
    return parseJson(text) === undefined
      ? { what: 'it begins as a JSON object and is none', hint: again }
      : { what: 'it is a JSON object without a token in status.token', hint: alone }
  }
  // oxlint-disable-next-line no-control-regex -- because what is no text is full of them
  if (/[\uFFFD\u0000-\u0008\u000e-\u001f]/u.test(text)) {
    return { what: 'it is no text, or not in UTF-8', hint: alone }
  }
  if (/^["'`]/u.test(text)) return { what: 'there are quotes around it', hint: alone }
  if (/^bearer\s/iu.test(text)) return { what: 'there is a word before the token', hint: alone }
  if (isJsonWebToken(Buffer.from(text, 'base64').toString('utf8').trim())) {
    const what = 'it is a token in base64 once more, as in the data of a Secret'
    return { what, hint: 'decode it first: base64 -d FILE | kubecred token inspect -' }
  }
  if (/\s/u.test(text)) return { what: 'there are blanks or line breaks within it', hint: alone }
  return undefined
}

function damaged(text: string): FormProblem {
  const [header = '', claims = '', signature = '', ...more] = text.split('.')
  const count = text.split('.').length
  if (count < 3) {
    const has = count === 1 ? 'one' : 'two'
    return {
      what: `it is cut off: a JSON Web Token has three parts, and it has ${has}`,
      hint: again,
    }
  }
  if ('enc' in membersOf(parseJson(decoded(header)))) {
    return { what: 'it is encrypted: it says something to its issuer only', hint: whoami }
  }
  if (more.length > 0) {
    return { what: `it has ${count} parts, where a JSON Web Token has three`, hint: alone }
  }
  if (!isBase64Url(claims)) return { what: `${ofClaims} is not base64`, hint: again }
  if (!isBase64Url(signature))
    return { what: 'its third part, the signature, is not base64', hint: again }
  if (parseJson(decoded(claims)) === undefined)
    return { what: `${ofClaims} is no JSON`, hint: again }
  return { what: `${ofClaims} holds none`, hint: whoami }
}

const ofClaims = 'its second part, that of the claims,'
const whoami = 'kubecred whoami asks the server whose the credential of the kubeconfig is'

const opaque: FormProblem = {
  what: 'it is no JSON Web Token: only a server knows what it means',
  hint: whoami,
}

function isBase64Url(text: string): boolean {
  return /^[\w-]*$/u.test(text)
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString('utf8')
}
