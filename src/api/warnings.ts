import { printable } from './printable.ts'

/** The texts of `Warning` headers, which API servers use for what is deprecated. */
export function warningsIn(rawHeaders: readonly string[]): string[] {
  const texts = rawHeaders.flatMap((name, index) => {
    if (index % 2 === 1 || name.toLowerCase() !== 'warning') return []
    return [...(rawHeaders[index + 1] ?? '').matchAll(form)].map(([, text = '']) =>
      printable(text.replaceAll(/\\(.)/gsu, '$1')),
    )
  })
  return [...new Set(texts)]
}

// Code, agent, text: `299 - "text"`. 299 is the code for what persists; others kubectl leaves out.
const form = /299 \S+ "((?:[^"\\]|\\.)*)"/gu
