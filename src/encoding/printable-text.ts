/**
 * The text without anything that a terminal would obey: control and format characters stand as
 * `U+001B`. Line ends and tabs stay.
 */
export function printableText(text: string): string {
  return text.replaceAll(
    /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\t-\r]/gu,
    (character) =>
      `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

/**
 * A value for an error message: quoted if it looks like a version or a keyword, else only its
 * length, since it may be a secret that went into the wrong field.
 */
export function quotedIfHarmless(value: string): string {
  return /^[A-Za-z0-9./-]{0,80}$/u.test(value) ? `"${value}"` : `(${value.length} characters)`
}
