import { itemsOf, membersOf, stringOf, type JsonSpan } from '../api/json-text.ts'
import { parseRfc3339, zeroTime } from '../api/rfc3339.ts'
import { isBase64 } from '../encoding/base64.ts'

/** What of a reply counts. */
export interface ReplyStatus {
  token: string
  clientCertificateData: string
  clientKeyData: string
  /** Milliseconds since the epoch; undefined for none. */
  expiresAt: number | undefined
}

/** A reply that cannot be decoded, in Go's words. */
export class ReplyFault extends Error {
  override readonly name: string = 'ReplyFault'
}

type Shape = 'string' | 'bool' | 'bytes' | 'time' | 'any' | 'object' | StructShape

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
    config: 'any',
  },
}

const status: StructShape = {
  name: 'ExecCredentialStatus',
  fields: {
    expirationTimestamp: 'time',
    token: 'string',
    clientCertificateData: 'string',
    clientKeyData: 'string',
  },
}

// Plugins send back the spec that they were given; it has to be of the right shape even so.
const spec: StructShape = { name: 'ExecCredentialSpec', fields: { cluster, interactive: 'bool' } }

const reply: StructShape = { name: 'ExecCredential', fields: { spec, status } }

// Without a version client-go decodes into the type that it works with, whose fields have Go's names.
const internalReply: StructShape = {
  name: 'ExecCredential',
  fields: {
    Spec: {
      name: 'ExecCredentialSpec',
      fields: {
        Interactive: 'bool',
        Cluster: {
          name: 'Cluster',
          fields: {
            Server: 'string',
            TLSServerName: 'string',
            InsecureSkipTLSVerify: 'bool',
            CertificateAuthorityData: 'bytes',
            ProxyURL: 'string',
            DisableCompression: 'bool',
            Config: 'object',
          },
        },
      },
    },
    Status: {
      name: 'ExecCredentialStatus',
      fields: {
        ExpirationTimestamp: 'time',
        Token: 'string',
        ClientCertificateData: 'string',
        ClientKeyData: 'string',
      },
    },
  },
}

/**
 * Decodes a reply as Go does: names with their case, null is absent, unknown fields are passed over,
 * and a field that comes twice is decoded twice, into the same place.
 *
 * @param text Well-formed JSON.
 * @param version Last part of the apiVersion; `__internal` for none.
 * @returns The status; undefined when there is none.
 * @throws {@link ReplyFault} For a field of a wrong kind.
 */
export function decodeReply(
  text: string,
  whole: JsonSpan,
  version: string,
): ReplyStatus | undefined {
  const isInternal = version === '__internal'
  const decoder = new Decoder(text, isInternal ? 'clientauthentication' : version)
  decoder.struct(whole, isInternal ? internalReply : reply, '')
  if (decoder.fault !== undefined) throw new ReplyFault(decoder.fault)
  return decoder.status
}

class Decoder {
  /** The first field of a wrong kind; decoding goes on behind it, as in Go. */
  fault: string | undefined
  status: ReplyStatus | undefined
  readonly #text: string
  readonly #package: string

  constructor(text: string, goPackage: string) {
    this.#text = text
    this.#package = goPackage
  }

  struct(span: JsonSpan, shape: StructShape, path: string): void {
    if (span.kind === 'null') return
    for (const { name, value } of membersOf(this.#text, span)) {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined
      if (field !== undefined) this.#member(value, field, { struct: shape.name, path: path + name })
    }
  }

  #member(value: JsonSpan, shape: Shape, place: Place): void {
    if (shape === 'any') return
    if (shape === 'time') return this.#time(value)
    if (shape === 'bytes') return this.#bytes(value, place)
    if (typeof shape === 'object') return this.#nested(value, shape, place)
    if (value.kind === 'null') return
    if (value.kind !== shape || shape === 'object') {
      this.#wrongKind(value, shape === 'object' ? 'runtime.Object' : shape, place)
    } else if (shape === 'string' && this.status !== undefined) {
      this.#keep(place, stringOf(this.#text, value))
    }
  }

  #nested(value: JsonSpan, shape: StructShape, place: Place): void {
    if (shape === status) {
      // In Go a pointer: null takes away what an earlier field of the name has given.
      this.status = value.kind === 'null' ? undefined : (this.status ?? emptyStatus())
    }
    if (value.kind === 'object') return this.struct(value, shape, `${place.path}.`)
    if (value.kind !== 'null') this.#wrongKind(value, `${this.#package}.${shape.name}`, place)
  }

  #keep({ struct, path }: Place, value: string): void {
    const name = path.slice(path.lastIndexOf('.') + 1)
    if (struct !== status.name || this.status === undefined) return
    if (name === 'token' || name === 'clientCertificateData' || name === 'clientKeyData') {
      this.status[name] = value
    }
  }

  /** What is wrong with a time ends the decoding at once. */
  #time(value: JsonSpan): void {
    let time: number | undefined
    if (value.kind !== 'null') {
      if (value.kind !== 'string') {
        throw new ReplyFault(`json: cannot unmarshal ${value.kind} into Go value of type string`)
      }
      const text = stringOf(this.#text, value)
      time = parseRfc3339(text)
      if (time === undefined) {
        const words = `parsing time of ${text.length} characters as "2006-01-02T15:04:05Z07:00"`
        throw new ReplyFault(words)
      }
    }
    if (this.status !== undefined) this.status.expiresAt = time === zeroTime ? undefined : time
  }

  #bytes(value: JsonSpan, place: Place): void {
    if (value.kind === 'null') return
    if (value.kind === 'string') {
      if (!isBase64(stringOf(this.#text, value))) this.#addFault('illegal base64 data')
      return
    }
    if (value.kind !== 'array') return this.#wrongKind(value, '[]uint8', place)
    for (const item of itemsOf(this.#text, value)) {
      const isByte = /^(?:0|[1-9]\d{0,2})$/u.test(this.#text.slice(item.start, item.end))
      const isSmall = isByte && Number(this.#text.slice(item.start, item.end)) < 256
      if (!isSmall && item.kind !== 'null') this.#wrongKind(item, 'uint8', place)
    }
  }

  #wrongKind({ kind }: JsonSpan, type: string, { struct, path }: Place): void {
    this.#addFault(
      `json: cannot unmarshal ${kind} into Go struct field ${struct}.${path} of type ${type}`,
    )
  }

  #addFault(words: string): void {
    this.fault ??= words
  }
}

interface Place {
  readonly struct: string
  readonly path: string
}

function emptyStatus(): ReplyStatus {
  return { token: '', clientCertificateData: '', clientKeyData: '', expiresAt: undefined }
}
