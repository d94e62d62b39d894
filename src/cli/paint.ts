import type { Terminal } from './terminal.ts'

const codes = { red: ['1;31', '0'], yellow: ['33', '0'], dim: ['2', '0'] } as const

/** The text in a colour, where a person reads it and has not said NO_COLOR. */
export function paint(
  text: string,
  colour: keyof typeof codes,
  terminal: Pick<Terminal, 'colour'>,
): string {
  const [on, off] = codes[colour]
  return terminal.colour ? `\u001b[${on}m${text}\u001b[${off}m` : text
}
