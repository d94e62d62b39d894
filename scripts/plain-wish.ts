/** What any command of this project may be asked for, beside its own work. */
export type PlainWish =
  | { readonly kind: 'help' }
  /** The arguments cannot be understood. */
  | { readonly kind: 'unknown'; readonly why: string }

/** What `parseArgs` of Node could not understand. */
export function notUnderstood(error: unknown): PlainWish {
  // Its first sentence names the argument; the others are about `--`.
  const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
  return { kind: 'unknown', why }
}

/** Whether there is nothing to do but to answer. */
export function isPlain(wish: PlainWish | { readonly kind: string }): wish is PlainWish {
  return wish.kind === 'help' || wish.kind === 'unknown'
}

/** Prints how to call the command, to who asks for it; after a mistake on stderr, and with exit code 2. */
export function answerPlainly(wish: PlainWish, usage: string): void {
  if (wish.kind === 'help') {
    process.stdout.write(usage)
    return
  }
  process.stderr.write(`${wish.why}\n\n${usage}`)
  process.exitCode = 2
}
