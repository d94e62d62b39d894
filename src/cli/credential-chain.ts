import { authMethod, type ConnectionConfig, type Environment } from '../doors/index.ts'
import { CommandError } from './command-error.ts'
import { elementsOf, membersOf, parseJson, textOf } from '../api/json-shape.ts'

/** The variable that tells a plugin through which kubeconfigs it was reached. */
export const chainVariable = 'KUBECRED_CREDENTIAL_CHAIN'

interface Link {
  readonly files: readonly string[]
  readonly user: string
}

/**
 * What the plugin of this configuration gets in its environment. Should it be Kubecred again, with
 * a kubeconfig that leads back here, that run ends with an error instead of a chain without end.
 *
 * @throws {@link CommandError} When this configuration is in the chain already.
 */
export function extendChain(
  config: Pick<ConnectionConfig, 'files' | 'user' | 'auth'>,
  env: Environment,
): Readonly<Record<string, string>> {
  if (authMethod(config.auth) !== 'exec') return {}
  const chain = readChain(env[chainVariable])
  const link: Link = { files: config.files, user: config.user }
  if (chain.some((before) => isSame(before, link))) throw circleError([...chain, link])
  return { [chainVariable]: JSON.stringify([...chain, link]) }
}

/** Whatever was not written by us says nothing about us. */
function readChain(text: string | undefined): readonly Link[] {
  return elementsOf(parseJson(text ?? '')).map((value) => {
    const { files, user } = membersOf(value)
    return { files: elementsOf(files).map(textOf), user: textOf(user) }
  })
}

function isSame(a: Link, b: Link): boolean {
  return a.user === b.user && JSON.stringify(a.files) === JSON.stringify(b.files)
}

function circleError(chain: readonly Link[]): CommandError {
  const way = chain.map(({ files, user }) => `user "${user}" of ${files.join(', ')}`)
  return new CommandError(`exec plugin leads back to its own kubeconfig: ${way.join(' -> ')}`, {
    hint: 'a user whose plugin is kubecred needs another user, or another kubeconfig, to get the credential from',
  })
}
