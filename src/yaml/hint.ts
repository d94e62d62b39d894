const hints: Readonly<Record<string, string>> = {
  "could not find expected ':'": 'a line without ": " stands where a "key: value" was begun',
  "did not find expected ',' or ']'": 'a bracket is not closed, or a comma is missing',
  "did not find expected ',' or '}'": 'a brace is not closed, or a comma is missing',
  "did not find expected '-' indicator": 'the indentation does not fit the list around it',
  'did not find expected alphabetic or numeric character': 'an alias or anchor has no valid name',
  'did not find expected key': 'the indentation does not fit what stands around it',
  'did not find expected node content': 'a value is missing, or a bracket or quote is not closed',
  'did not find expected whitespace or line break': 'a tag has no valid name',
  'control characters are not allowed': 'it is not a text in UTF-8',
  'exceeded max depth of 500': 'it is nested too deeply',
  'incomplete UTF-8 octet sequence': 'it is not a text in UTF-8',
  'invalid leading UTF-8 octet': 'it is not a text in UTF-8',
  'invalid trailing UTF-8 octet': 'it is not a text in UTF-8',
  'unsupported map key': 'a key is neither text nor number',
  'found character that cannot start any token':
    'a tab stands in the indentation, where YAML allows only spaces, or a value begins with a ' +
    'character that needs quotes around the value',
  'found undefined tag handle': 'a tag cannot be understood',
  'found unexpected end of stream': 'a quote is not closed',
  'found unknown escape character': 'in double quotes a backslash must be doubled',
  'mapping values are not allowed in this context':
    'a second "key: value" stands on one line, or the indentation is off',
  'unknown anchor referenced': 'an alias (*name) needs an anchor (&name) before it',
}

/** What to look for when YAML cannot be read, by the words of the error. */
export function yamlHint(words: string): string | undefined {
  return Object.hasOwn(hints, words) ? hints[words] : undefined
}
