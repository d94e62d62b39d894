/** A simple command of a shell line: the assignments before it, and its words. */
export interface ShellCommand {
  readonly assignments: readonly string[]
  readonly words: readonly string[]
}

/**
 * Splits the command lines of a documentation block: comments, continued lines, quotes, pipes,
 * lists and redirections. Anything cleverer than that does not belong into a page for people, and throws.
 */
export function shellCommands(script: string): ShellCommand[] {
  const lines = script.replaceAll('\\\n', ' ').split('\n')
  return lines.flatMap((line) => simpleCommands(line)).filter(({ words }) => words.length > 0)
}

function simpleCommands(line: string): ShellCommand[] {
  const commands: string[][] = [[]]
  for (const { raw, text } of tokens(line)) {
    if (/^(\|\|?|&&?|;)$/.test(raw)) commands.push([])
    else if (!/^\d?[<>]/.test(raw)) commands.at(-1)?.push(text)
  }
  return commands.map((words) => {
    const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word))
    const count = first < 0 ? words.length : first
    return { assignments: words.slice(0, count), words: words.slice(count) }
  })
}

interface Token {
  readonly raw: string
  readonly text: string
}

// A comment, an operator, a redirection with its file, or a word with its quoted parts.
const tokenPattern =
  /(?<!\S)#.*|\|\|?|&&?|;|\d?(?:>>?|<)\s*[^\s|&;]+|(?:'[^']*'|"(?:[^"\\`]|\\.)*"|\\.|[^\s|&;<>'"\\`()])+/g

function tokens(line: string): Token[] {
  const found = line.match(tokenPattern) ?? []
  const leftOver = line.replace(tokenPattern, '').trim()
  if (leftOver !== '') throw new Error(`the page's checker cannot read ${leftOver} in: ${line}`)
  return found
    .filter((raw) => !raw.startsWith('#'))
    .map((raw) => ({ raw, text: raw.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, '$1$2$3') }))
}
