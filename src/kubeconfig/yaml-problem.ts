/** What is wrong with a YAML text, in words that quote nothing of it. Stays inside this room. */
export class YamlProblem extends Error {
  override readonly name: string = 'YamlProblem'
  /** Where, counted in UTF-16 units from the start of the text; undefined when not known. */
  readonly offset: number | undefined

  constructor(message: string, offset: number | undefined) {
    super(message)
    this.offset = offset
  }
}

const wordsOfCode: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias has a tag or anchor of its own',
  BAD_ALIAS: 'an alias or anchor has no valid name',
  BAD_COLLECTION_TYPE: 'a tag does not fit the kind of collection it stands at',
  BAD_DIRECTIVE: 'a % directive cannot be understood',
  BAD_DQ_ESCAPE: 'an unknown escape sequence stands in double quotes',
  BAD_INDENT: 'the indentation does not fit what stands around it',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place',
  BAD_SCALAR_START: 'a value begins with a character that needs quotes around the value',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key: value" stands on one line, or the indentation is off',
  BLOCK_IN_FLOW: 'an indented block stands inside brackets',
  DUPLICATE_KEY: 'a key stands twice in one mapping',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a closing quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over more than one line',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_TAGS: 'a value has two tags',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'a tab is used for indentation; YAML allows only spaces',
  TAG_RESOLVE_FAILED: 'a tag cannot be understood',
  UNEXPECTED_TOKEN: 'something stands where nothing was expected',
}

/**
 * The problem behind an error code of the `yaml` package. Its own messages are left aside: some
 * hold parts of the text.
 */
export function yamlProblem(code: string, offset: number | undefined): YamlProblem {
  return new YamlProblem(wordsOfCode[code] ?? 'it is not well-formed YAML', offset)
}
