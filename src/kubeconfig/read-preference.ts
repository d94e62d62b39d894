import type { UncheckedPolicy } from '../api/plugin-policy.ts'
import type { JsonValue } from '../api/json.ts'
import { FieldProblem, Fields, objectOf, pathText } from '../yaml/fields.ts'

/** kubectl's preferences, as far as somebody else than kubectl wants to know of them. */
export interface Preference {
  readonly policy: UncheckedPolicy
  /** Fields that kubectl does not know, and so passes over. */
  readonly unknown: readonly string[]
  /** What kubectl refuses the file for, in its words. */
  readonly problem: string | undefined
}

interface Option {
  readonly name: string
}

interface Alias {
  readonly name: string
  readonly options: readonly Option[]
}

/** What the versions call differently. */
export interface PreferenceNames {
  readonly defaults: string
  readonly options: string
  /** Whether the version knows a plugin policy. */
  readonly hasPolicy: boolean
}

const group = 'kubectl.config.k8s.io'
const versions: ReadonlyMap<string, PreferenceNames> = new Map([
  [`${group}/v1beta1`, { defaults: 'defaults', options: 'options', hasPolicy: true }],
  [`${group}/v1alpha1`, { defaults: 'overrides', options: 'flags', hasPolicy: false }],
])

/** What a version calls its fields; undefined for one that kubectl does not know. */
export function namesOf(apiVersion: string): PreferenceNames | undefined {
  return versions.get(apiVersion)
}

/**
 * Reads one document of a preferences file, as kubectl 1.36 decodes it.
 *
 * @throws {@link FieldProblem} When kubectl would pass over the document as none of its preferences.
 */
export function readPreference(value: JsonValue): Preference {
  const object = objectOf(value, [])
  const fields = new Fields(object, [])
  const unknown: string[] = []
  const names = namesOf(typeField(fields, 'apiVersion'))
  if (names === undefined || typeField(fields, 'kind') !== 'Preference') {
    throw new FieldProblem([], `must be of apiVersion ${group}/v1beta1 and kind Preference`)
  }
  const reader = new PreferenceReader(names, unknown)
  const defaults = fields.objects(names.defaults).map((each) => reader.commandDefaults(each))
  const aliases = fields.objects('aliases').map((each) => reader.alias(each))
  const policy = names.hasPolicy ? reader.policy(fields) : { policyType: '' }
  const policyFields = names.hasPolicy ? [policyField, allowlistField] : []
  reader.expect(fields, ['apiVersion', 'kind', names.defaults, 'aliases', ...policyFields])
  return { policy, unknown: unknown.toSorted(), problem: problemOf(aliases, defaults) }
}

const policyField = 'credentialPluginPolicy'
const allowlistField = 'credentialPluginAllowlist'

/** Go finds these two whatever their case, and then calls them unknown if it is not the right one. */
function typeField(fields: Fields, name: string): string {
  const found = fields.names().findLast((each) => each.toLowerCase() === name.toLowerCase())
  return found === undefined ? '' : fields.text(found)
}

class PreferenceReader {
  readonly #names: PreferenceNames
  readonly #unknown: string[]

  constructor(names: PreferenceNames, unknown: string[]) {
    this.#names = names
    this.#unknown = unknown
  }

  /** Notes the fields that are none of these. */
  expect(fields: Fields, names: readonly string[]): void {
    for (const name of fields.names()) {
      if (!names.includes(name)) this.#unknown.push(pathText([...fields.path, name]))
    }
  }

  policy(fields: Fields): UncheckedPolicy {
    const policyType = fields.text(policyField)
    if (fields.value(allowlistField) === null) return { policyType }
    const allowlist = fields.objects(allowlistField).map((entry) => this.#allowlistEntry(entry))
    return { policyType, allowlist }
  }

  commandDefaults(fields: Fields): readonly Option[] {
    fields.text('command')
    this.expect(fields, ['command', this.#names.options])
    return this.#options(fields)
  }

  alias(fields: Fields): Alias {
    fields.text('command')
    fields.texts('prependArgs')
    fields.texts('appendArgs')
    const known = ['name', 'command', 'prependArgs', 'appendArgs', this.#names.options]
    this.expect(fields, known)
    return { name: fields.text('name'), options: this.#options(fields) }
  }

  #options(fields: Fields): readonly Option[] {
    return fields.objects(this.#names.options).map((option) => {
      option.text('default')
      this.expect(option, ['name', 'default'])
      return { name: option.text('name') }
    })
  }

  #allowlistEntry(fields: Fields): { readonly command: string } {
    const name = fields.text('name')
    const command = fields.text('command')
    this.expect(fields, ['name', 'command'])
    if (name !== '' && command !== '' && name !== command) {
      throw new FieldProblem(
        fields.path,
        'must not have a name that is another than its command: name is deprecated, use command',
      )
    }
    return { command: command === '' ? name : command }
  }
}

/** What kubectl checks after decoding, in its order. */
function problemOf(
  aliases: readonly Alias[],
  defaults: readonly (readonly Option[])[],
): string | undefined {
  const seen = new Set<string>()
  for (const { name, options } of aliases) {
    if (!/^[a-zA-Z]+$/u.test(name)) {
      return 'invalid alias name, can only include alphabetical characters'
    }
    const dashed = dashProblem(options)
    if (dashed !== undefined) return dashed
    if (seen.has(name)) return `duplicate alias name ${name}`
    seen.add(name)
  }
  return dashProblem(defaults.flat())
}

function dashProblem(options: readonly Option[]): string | undefined {
  const dashed = options.find(({ name }) => name.startsWith('-'))
  return dashed && `flag name ${dashed.name} should be in long form without dashes`
}
