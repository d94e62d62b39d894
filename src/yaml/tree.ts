/** A YAML value as it is written: nothing resolved yet. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias

interface Placed {
  /** Where it begins, counted in UTF-16 units from the start of the text. */
  readonly offset: number
}

/** A single value. */
export interface YamlScalar extends Placed {
  readonly kind: 'scalar'
  readonly text: string
  /** The tag in full, as `tag:yaml.org,2002:str`; '' for none. */
  readonly tag: string
  /** Whether it stands without quotes and without a tag, so that it may be something else than text. */
  readonly plain: boolean
}

/** A sequence. */
export interface YamlList extends Placed {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
}

/** A mapping. */
export interface YamlMap extends Placed {
  readonly kind: 'map'
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[]
}

/** A reference to another value. */
export interface YamlAlias extends Placed {
  readonly kind: 'alias'
  readonly target: YamlNode
}
