/**
 * A line of a head that can be read in one way only.
 *
 * That is: a name, a value that is not empty, has no space at its ends and no character that ends a line
 * anywhere, and is not folded.
 */
export const fieldLine: RegExp =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)$/u
