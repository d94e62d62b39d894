const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
// Bytes beyond ASCII as Latin-1.
const visible = '!-~\\u0080-\\u00ff'
const inValue = `\\t ${visible}`

/** A name that a header may have. */
export const fieldName: RegExp = new RegExp(`^${token}$`, 'u')

/** A character that no value of a header may have. */
export const notInValue: RegExp = new RegExp(`[^${inValue}]`, 'u')

/**
 * A line of a head that can be read in one way only.
 *
 * That is: a name, a value that is not empty, has no space at its ends and no character that ends a line
 * anywhere, and is not folded.
 */
export const fieldLine: RegExp = new RegExp(
  `^(${token}): ?([${visible}](?:[${inValue}]*[${visible}])?)$`,
  'u',
)

/** Whether a header says of its connection that it stays, and nothing else. */
export function saysKeepAlive(name: string, value: string): boolean {
  return (
    name.length === 10 &&
    name.toLowerCase() === 'connection' &&
    value.toLowerCase() === 'keep-alive'
  )
}
