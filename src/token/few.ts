/** None, one, or more of something; a set would be larger than all else where there is mostly one. */
export type Few<Item extends object> = undefined | Item | Set<Item>

/** These and one more. */
export function withItem<Item extends object>(few: Few<Item>, item: Item): Few<Item> {
  if (few === undefined) return item
  return few instanceof Set ? few.add(item) : new Set([few, item])
}

/** These without one of them; undefined when it was the last. */
export function withoutItem<Item extends object>(few: Few<Item>, item: Item): Few<Item> {
  if (!(few instanceof Set)) return few === item ? undefined : few
  few.delete(item)
  return few.size === 0 ? undefined : few
}

/** All of them, as they are at this moment. */
export function itemsOf<Item extends object>(few: Few<Item>): readonly Item[] {
  if (few === undefined) return []
  return few instanceof Set ? [...few] : [few]
}

/** Whether one is among them. */
export function hasItem<Item extends object>(few: Few<Item>, item: Item): boolean {
  return few instanceof Set ? few.has(item) : few === item
}

/** The first one that is meant. */
export function findItem<Item extends object, Sought>(
  few: Few<Item>,
  isMeant: (item: Item, sought: Sought) => boolean,
  sought: Sought,
): Item | undefined {
  if (!(few instanceof Set)) return few !== undefined && isMeant(few, sought) ? few : undefined
  for (const item of few) if (isMeant(item, sought)) return item
  return undefined
}
