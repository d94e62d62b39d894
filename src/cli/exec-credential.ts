import type { Credential, Environment } from '../doors/index.ts'
import { CommandError } from './command-error.ts'
import { rfc3339 } from './credential-description.ts'
import { membersOf, parseJson } from '../api/json-shape.ts'

const group = 'client.authentication.k8s.io'
const versions = [`${group}/v1`, `${group}/v1beta1`, `${group}/v1alpha1`]

/**
 * The object that an exec plugin prints, in the version that its caller asks for, else v1. The
 * secrets are in it: they are its purpose.
 *
 * @throws {@link CommandError} For what an ExecCredential cannot hold.
 */
export function execCredential(
  { token, certificate, expiresAt }: Pick<Credential, 'token' | 'certificate' | 'expiresAt'>,
  env: Environment,
): Readonly<Record<string, unknown>> {
  if (token === undefined && certificate === undefined) {
    throw new CommandError(
      'an ExecCredential holds a token or a certificate, and there is neither',
      {
        hint: 'user names and passwords stand in the kubeconfig itself',
      },
    )
  }
  return {
    kind: 'ExecCredential',
    apiVersion: wantedVersion(env),
    spec: { interactive: false },
    status: {
      ...(expiresAt === undefined ? {} : { expirationTimestamp: rfc3339(expiresAt) }),
      ...(token === undefined ? {} : { token: token.reveal() }),
      ...(certificate === undefined
        ? {}
        : {
            clientCertificateData: certificate.certificatePem,
            clientKeyData: certificate.privateKeyPem.reveal(),
          }),
    },
  }
}

function wantedVersion(env: Environment): string {
  const info = env['KUBERNETES_EXEC_INFO']
  if (info === undefined) return `${group}/v1`
  const wanted = membersOf(parseJson(info))['apiVersion']
  const version = versions.find((each) => each === wanted)
  if (version !== undefined) return version
  throw new CommandError('KUBERNETES_EXEC_INFO asks for a version that is not known', {
    hint: `kubecred speaks ${versions.join(', ')}`,
  })
}
