import { createHash } from 'node:crypto'

/** A token whose every part says whether the rest of it is there; each has a length of its own. */
export function tokenText(generation: number): string {
  const body = `${generation}.`.repeat(1 + ((generation * 37) % 500))
  return `${body}~${digest(body)}`
}

/** The generation of a whole token; undefined for anything less, or more. */
export function generationOf(text: string): number | undefined {
  const [body = '', sum] = text.split('~')
  return sum === digest(body) ? Number.parseInt(body, 10) : undefined
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
