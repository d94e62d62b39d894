/**
 * A relative link to a path, as Go's `url.URL{Path: path}` writes it.
 *
 * @param path Bytes, each as a character.
 */
export function linkTo(path: string): string {
  if (path === '*') return path
  const escaped = path.replaceAll(/[^\w\-.~$&+,/:;=@]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  // What stands before a colon would be taken for a scheme.
  return /^[^/]*:/u.test(escaped) ? `./${escaped}` : escaped
}
