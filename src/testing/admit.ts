import type { FakeUser, Recognition } from './authenticate.ts'
import { publicPaths } from './discovery.ts'
import type { Target } from './resource-path.ts'
import { failure, unauthorized, type Reply } from './status.ts'

/** What the server asks of a client before it serves it. */
export interface AdmissionPolicy {
  /**
   * Who may come without credentials: to the public paths only, to any path (where it is then
   * forbidden, as with a stock cluster), or to none.
   */
  readonly anonymous: 'public' | 'any' | 'none'
  /** Whether a user may do this; undefined lets every authenticated user do everything. */
  readonly allows: ((user: FakeUser, method: string, path: string) => boolean) | undefined
}

/** A request to be admitted. */
export interface AdmissionRequest {
  readonly recognition: Recognition
  readonly method: string
  readonly path: string
  readonly target: Target
  readonly verb: string
}

const anonymousUser: FakeUser = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** The user that is let in, or the refusal. */
export function admit(request: AdmissionRequest, policy: AdmissionPolicy): FakeUser | Reply {
  const { recognition, path } = request
  if (recognition === 'invalid') return unauthorized()
  if (recognition !== 'nobody') {
    const groups = [...recognition.groups, 'system:authenticated']
    const user = { ...recognition, groups }
    const allowed = policy.allows?.(recognition, request.method, path) ?? true
    return allowed ? user : forbidden(user, request)
  }
  if (policy.anonymous === 'none') return unauthorized()
  if (publicPaths.has(path)) return anonymousUser
  return policy.anonymous === 'any' ? forbidden(anonymousUser, request) : unauthorized()
}

/** 403, in the words of kube-apiserver. */
function forbidden(user: FakeUser, { target, verb }: AdmissionRequest): Reply {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (target.kind === 'path') {
    const message = `forbidden: ${who} path ${JSON.stringify(target.path)}`
    return failure(403, { reason: 'Forbidden', message, details: {} })
  }
  const { group, resource, namespace, name, subresource } = target
  const what = group === '' ? resource : `${resource}.${group}`
  const object = subresource === undefined ? resource : `${resource}/${subresource}`
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const subject = name === undefined ? what : `${what} "${name}"`
  const message = `${subject} is forbidden: ${who} resource "${object}" in API group "${group}" ${where}`
  const details = {
    ...(name === undefined ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  }
  return failure(403, { reason: 'Forbidden', message, details })
}
