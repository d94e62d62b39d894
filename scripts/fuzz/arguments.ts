import { parseArgs } from 'node:util'

/** How to call the fuzzer. */
export function usageOf(names: readonly string[]): string {
  return `Usage: npm run fuzz [-- [--seconds N] [--seed N] [--target NAME]]

Tries inputs that nobody would think of. What it finds is shrunk and written to test/fuzz/corpus/.

  --seconds N    how long; 60 if nobody says
  --seed N       whole number that repeats a run; any if nobody says
  --target NAME  that one alone
  -h, --help     prints this

Targets: ${names.join(', ')}
`
}

/** What the caller wants. */
export type Wish =
  | {
      readonly kind: 'fuzz'
      readonly seconds: number
      /** Undefined for any. */
      readonly seed: number | undefined
      readonly names: readonly string[]
    }
  | { readonly kind: 'help' }
  /** The arguments cannot be understood. */
  | { readonly kind: 'unknown'; readonly why: string }

/** Reads the arguments of the command line; no target is all of them. */
export function readArguments(args: readonly string[], known: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        target: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { target } = values
    if (values.help) return { kind: 'help' }
    const seconds = Number(values.seconds)
    if (!(seconds > 0)) return unknown(`--seconds is a number above zero: ${values.seconds}`)
    const seed = values.seed === undefined ? undefined : Number(values.seed)
    if (seed !== undefined && !Number.isInteger(seed)) {
      return unknown(`--seed is a whole number: ${values.seed}`)
    }
    if (target !== undefined && !known.includes(target)) {
      return unknown(`there is no target "${target}"`)
    }
    return { kind: 'fuzz', seconds, seed, names: target === undefined ? known : [target] }
  } catch (error) {
    // Node's own first sentence names the argument; the others are about `--`.
    return unknown(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function unknown(why: string): Wish {
  return { kind: 'unknown', why }
}
