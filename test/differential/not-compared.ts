import { difference, type Difference } from '../differences.ts'

/** Headers in which the two programs never agree, with the row of DIFFERENCES.md that says why. */
export const notCompared: ReadonlyMap<string, Difference> = new Map([
  ['user-agent', difference('own-headers')],
  ['kubectl-command', difference('own-headers')],
  ['kubectl-session', difference('own-headers')],
  ['referer', difference('no-referer')],
  ['content-type', difference('body-described')],
  ['content-length', difference('body-described')],
  // HTTP/1.1 has these two where HTTP/2 has other means.
  ['host', difference('http1-first')],
  ['connection', difference('http1-first')],
])

/** Variables of a plugin's that the two programs do not both set. */
export const notComparedVariables: ReadonlyMap<string, Difference> = new Map([
  ['KUBECRED_CREDENTIAL_CHAIN', difference('circle-guard')],
])
