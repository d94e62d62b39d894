import { expect, test } from 'vitest'

import { authMethod, type AuthMethod } from '../../src/kubeconfig/auth-method.ts'
import { parseKubeconfig } from '../../src/kubeconfig/parse.ts'
import { selectConnection } from '../../src/kubeconfig/select.ts'
import { withUser } from './documents.ts'

const exec =
  'exec: {command: a, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}'

test.each<[fields: string, method: AuthMethod]>([
  [exec, 'exec'],
  [`${exec}, token: t`, 'token'],
  [`${exec}, tokenFile: /f`, 'token-file'],
  [`${exec}, token: t, tokenFile: /f`, 'token-file'],
  [`${exec}, username: ann`, 'basic'],
  [`${exec}, password: p`, 'exec'],
  [`${exec}, client-certificate: /c, client-key: /k`, 'certificate'],
  [`${exec}, client-key: /k`, 'exec'],
  ['token: t, client-certificate: /c, client-key: /k', 'token'],
  ['username: ann, password: p', 'basic'],
  ['auth-provider: {name: oidc}', 'none'],
  ['', 'none'],
])('of a user with {%s} the method is %s', (fields, method) => {
  const entries = parseKubeconfig(Buffer.from(withUser(fields)), '/config')
  const { auth } = selectConnection({ files: ['/config'], missing: [], ...entries })
  expect(authMethod(auth)).toBe(method)
})
