import type { ExecConfig } from '../api/exec-config.ts'
import { readRenewerOptions, shareOf, type RenewerOptions } from '../credential/renewer-options.ts'
import { readExecOptions, type ExecOptions } from '../exec/exec-options.ts'
import type { Host } from '../host/host.ts'

/** What the credential of an exec plugin depends on. */
export interface SourceParts {
  readonly exec: ExecConfig
  readonly plugin: ExecOptions & { readonly host: Host }
  readonly renewal: RenewerOptions | undefined
}

/**
 * A text that is the same for two parts exactly when they are equal: data by value, in full,
 * functions and objects that hold some by identity. It may hold secrets.
 *
 * @throws TypeError for an option that cannot work.
 */
export function sourceKey({ exec, plugin, renewal }: SourceParts): string {
  const { env, platform, home, cwd, stdinIsTerminal } = plugin.host
  const host = { platform, home, cwd, stdinIsTerminal } satisfies Omit<Host, 'env'>
  const { schedule, ...rules } = readRenewerOptions(renewal)
  return [
    write(exec),
    members({ ...readExecOptions(plugin), host }),
    members(rules),
    // Where none is given each has one of its own, and those of one share do the same.
    renewal?.schedule === undefined ? shareOf(renewal ?? {}) : identityOf(schedule),
    // Plugins see it as it is when they run: two that are equal now may not be so then.
    identityOf(env),
    write({ ...env }),
  ].join()
}

function write(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'function':
      return identityOf(value)
    case 'object':
      return value === null ? 'null' : writeObject(value)
    case 'number':
      // A plugin is told of a zero's sign.
      return Object.is(value, -0) ? '-0' : String(value)
    default:
      return String(value)
  }
}

function writeObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(write).join()}]`
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('base64')}>`
  const isData =
    isPlain(value) && !Object.values(value).some((member) => typeof member === 'function')
  return isData ? members(value) : identityOf(value)
}

// In the order that they have: it is no loss when two that differ in that only are not shared.
function members(value: object): string {
  const written = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${write(member)}`,
  )
  return `{${written.join()}}`
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const identities = new WeakMap<object, string>()
let known = 0

/** A name that an object keeps as long as it lives, and that no other has. */
function identityOf(object: object): string {
  let identity = identities.get(object)
  if (identity === undefined) {
    identity = `#${++known}`
    identities.set(object, identity)
  }
  return identity
}
