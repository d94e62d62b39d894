/**
 * A frozen list of the same texts: the one that is known already, if that is equal.
 *
 * Most tokens are for the same audiences, and very many lists are much memory.
 */
export function sharedList(
  texts: readonly string[],
  known: readonly string[] | undefined,
): readonly string[] {
  const isEqual = known?.length === texts.length && known.every((one, at) => one === texts[at])
  return isEqual ? known : Object.freeze([...texts])
}
