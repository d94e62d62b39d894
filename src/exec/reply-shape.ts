import { isJsonObject, type JsonObject } from '../api/json.ts'

/** Kind of a value, in the words of Go's JSON reader. */
export type GoKind = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object'

/** Tells a value's kind. */
export function kindOf(value: unknown): GoKind {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return typeof value === 'object' ? 'object' : 'number'
}

type Shape = 'string' | 'bool' | 'bytes' | StructShape

interface StructShape {
  /** Go's name of the type. */
  readonly name: string
  readonly fields: Readonly<Record<string, Shape>>
}

const cluster: StructShape = {
  name: 'Cluster',
  fields: {
    server: 'string',
    'tls-server-name': 'string',
    'insecure-skip-tls-verify': 'bool',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'string',
    'disable-compression': 'bool',
  },
}

const reply: StructShape = {
  name: 'ExecCredential',
  fields: {
    // Plugins send back the spec that they were given; it has to be of the right shape even so.
    spec: { name: 'ExecCredentialSpec', fields: { cluster, interactive: 'bool' } },
    status: {
      name: 'ExecCredentialStatus',
      fields: {
        expirationTimestamp: 'string',
        token: 'string',
        clientCertificateData: 'string',
        clientKeyData: 'string',
      },
    },
  },
}

/**
 * Looks for a field of a wrong kind; fields that are null or unknown are passed over.
 *
 * @param version Last part of the apiVersion.
 * @returns The fault in Go's words, or undefined.
 */
export function shapeFault(value: JsonObject, version: string): string | undefined {
  return fieldsFault(value, reply, '', version)
}

function fieldsFault(
  value: JsonObject,
  shape: StructShape,
  path: string,
  version: string,
): string | undefined {
  for (const [name, field] of Object.entries(shape.fields)) {
    const member = Object.hasOwn(value, name) ? value[name] : null
    if (member === null || member === undefined) continue
    const fault = memberFault(member, field, { struct: shape.name, path: path + name, version })
    if (fault !== undefined) return fault
  }
  return undefined
}

interface Place {
  readonly struct: string
  readonly path: string
  readonly version: string
}

function memberFault(value: unknown, shape: Shape, place: Place): string | undefined {
  const { struct, path, version } = place
  const kind = kindOf(value)
  const fault = (type: string): string =>
    `json: cannot unmarshal ${kind} into Go struct field ${struct}.${path} of type ${type}`
  if (shape === 'string' || shape === 'bool') return kind === shape ? undefined : fault(shape)
  if (shape === 'bytes') return kind === 'string' ? undefined : fault('[]uint8')
  if (!isJsonObject(value)) return fault(`${version}.${shape.name}`)
  return fieldsFault(value, shape, `${path}.`, version)
}
