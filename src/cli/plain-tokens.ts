import { tokenKeyText, type ServiceAccountTokenRequest } from '../doors/token.ts'
import type { ProjectWish } from './project-wish.ts'

/**
 * Names the tokens of a volume in plain words: `token of ServiceAccount ci/deployer for vault`.
 *
 * The kubelet's name for one, which events and errors have, is what was asked for in Go's syntax.
 *
 * @param namespace That of the ServiceAccount.
 */
export function plainTokens(
  { serviceAccount: name, volume }: ProjectWish,
  namespace: string,
): (line: string) => string {
  const plain = volume.sources.flatMap((source) => {
    if (source.kind !== 'serviceAccountToken') return []
    const { audience, expirationSeconds } = source
    const audiences = audience === '' ? undefined : [audience]
    const request: ServiceAccountTokenRequest = { namespace, name, audiences, expirationSeconds }
    const whom = audience === '' ? 'the API server' : audience
    const words = `token of ServiceAccount ${namespace}/${name} for ${whom}`
    return [[`token ${tokenKeyText(request)}`, words] as const]
  })
  return (line) =>
    plain.reduce((text, [kubelets, words]) => text.replaceAll(kubelets, () => words), line)
}
