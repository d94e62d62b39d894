import type { ShellCommand } from './shell-words.ts'

/** What the checker of commands wants to know of the repository. */
export interface Repository {
  /** Names of the npm scripts. */
  readonly scripts: readonly string[]
  /** Name of the package. */
  readonly name: string
  hasFile(path: string): boolean
}

// Programs of the reader's own, whose arguments cannot be checked here.
const foreign = ['cat', 'cd', 'curl', 'echo', 'export', 'git', 'jq', 'kubectl', 'ls', 'sleep']

/**
 * Why a reader could not run this command; undefined when it is known. Commands of the package
 * itself are not judged here: they are run, see test/docs/commands.test.ts.
 */
export function whyUnknown({ words }: ShellCommand, repository: Repository): string | undefined {
  const [program = '', ...args] = words
  if (program === repository.name || foreign.includes(program)) return undefined
  if (program === 'npm') return whyNotNpm(args, repository)
  if (program === 'npx')
    return args[0] === repository.name ? undefined : 'npx runs only this package'
  if (program !== 'node' && program !== 'bash') return `${program} is not a command of these pages`
  const file = args.find((arg) => !arg.startsWith('-')) ?? ''
  return repository.hasFile(file) ? undefined : `there is no file ${file}`
}

function whyNotNpm([verb = '', ...args]: readonly string[], repository: Repository) {
  const named = args.filter((arg) => !arg.startsWith('-'))
  switch (verb) {
    case 'ci':
      return undefined
    case 'test':
    case 'run': {
      const script = verb === 'test' ? 'test' : (named[0] ?? '')
      return repository.scripts.includes(script)
        ? undefined
        : `package.json has no script ${script}`
    }
    case 'i':
    case 'install': {
      const other = named.find((name) => ![repository.name, 'undici'].includes(name))
      return other === undefined ? undefined : `${other} is not a package of this project`
    }
    default:
      return `npm ${verb} is not a command of these pages`
  }
}
