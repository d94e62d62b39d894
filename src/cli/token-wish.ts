import { segmentProblems } from '../api/path-segment.ts'
import type { TokenRequestSpec } from '../api/token-request.ts'
import { usageError } from './command-error.ts'
import { boundKinds, type TokenWishFlags } from './token-flags.ts'

/**
 * The one name that a command takes.
 *
 * @param example What would be understood.
 * @throws {@link CommandError} A usage error, in kubectl's words.
 */
export function oneName(words: readonly string[], example: string): string {
  const [name, ...more] = words
  const hint = `for example: ${example}`
  if (name === undefined || more.length > 0) {
    throw usageError(`exactly one NAME is required, got ${words.length}`, hint)
  }
  return serviceAccountName(name, hint)
}

/**
 * A name that a ServiceAccount can have.
 *
 * @throws {@link CommandError} A usage error, in kubectl's words.
 */
export function serviceAccountName(name: string, hint: string): string {
  if (name === '') throw usageError('service account name is required', hint)
  const problems = segmentProblems(name)
  if (problems.length === 0) return name
  throw usageError(
    `failed to create token: invalid resource name ${JSON.stringify(name)}: [${problems.join(' ')}]`,
    hint,
  )
}

/**
 * What the flags ask for, by the rules of `kubectl create token`.
 *
 * @throws {@link CommandError} A usage error, in kubectl's words.
 */
export function readTokenWish(flags: TokenWishFlags): TokenRequestSpec {
  const { audience: audiences, duration: durationMs = 0 } = flags
  if (durationMs < 0) {
    throw usageError('--duration must be greater than or equal to 0', 'for example: --duration=1h')
  }
  if (durationMs % 1000 !== 0) {
    throw usageError(
      '--duration cannot be expressed in units less than seconds',
      'a server takes whole seconds, mostly from 10m up',
    )
  }
  if (audiences?.includes('') === true) {
    throw usageError(
      '--audience must not be an empty string',
      'leave it out for a token that the API server takes',
    )
  }
  return {
    audiences,
    expirationSeconds: durationMs === 0 ? undefined : durationMs / 1000,
    boundObject: readBoundObject(flags),
  }
}

function readBoundObject({
  boundObjectKind: kind = '',
  boundObjectName: name = '',
  boundObjectUid: uid = '',
}: TokenWishFlags): TokenRequestSpec['boundObject'] {
  const hint = 'for example: --bound-object-kind=Pod --bound-object-name=web-0'
  if (kind === '') {
    const [given] = [name === '' ? '' : 'name', uid === '' ? '' : 'uid'].filter(Boolean)
    if (given === undefined) return undefined
    throw usageError(
      `--bound-object-${given} can only be set if --bound-object-kind is provided`,
      hint,
    )
  }
  if (!boundKinds.some((known) => known === kind)) {
    throw usageError(`supported --bound-object-kind values are ${boundKinds.join(', ')}`, hint)
  }
  if (name === '') {
    throw usageError('--bound-object-name is required if --bound-object-kind is provided', hint)
  }
  return { kind, apiVersion: 'v1', name, ...(uid === '' ? {} : { uid }) }
}
