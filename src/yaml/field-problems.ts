import { FieldProblem } from './fields.ts'

// Whoever has more has given the wrong file.
const mostTold = 10

/** Several fields that are not what they should be. */
export class FieldProblems extends Error {
  override readonly name: string = 'FieldProblems'
  readonly all: readonly FieldProblem[]

  constructor(all: readonly FieldProblem[]) {
    super(all.map(({ message }) => message).join(', '))
    this.all = all
  }
}

/** The problems that an error stands for; undefined for any other error. */
export function fieldProblemsIn(error: unknown): readonly FieldProblem[] | undefined {
  if (error instanceof FieldProblem) return [error]
  return error instanceof FieldProblems ? error.all : undefined
}

/** Collects what is wrong with fields, so that all of it can be told at once. */
export class ProblemCollector {
  readonly #found: FieldProblem[] = []

  /** What `read` gives; the fallback where it throws problems with fields, which are kept. */
  or<Result>(fallback: Result, read: () => Result): Result {
    try {
      return read()
    } catch (error) {
      const problems = fieldProblemsIn(error)
      if (problems === undefined) throw error
      for (const problem of problems) this.add(problem)
      return fallback
    }
  }

  /** Keeps a problem, unless there are more than anybody is told already. */
  add(problem: FieldProblem): void {
    if (this.#found.length <= mostTold) this.#found.push(problem)
  }

  /** @throws {@link FieldProblem}, {@link FieldProblems} When there are any. */
  refuse(): void {
    const [first, ...more] = this.#found
    if (first !== undefined) throw more.length === 0 ? first : new FieldProblems([first, ...more])
  }
}

/** A problem in words, with its place in them, and the name of that. */
export interface ToldProblem {
  readonly message: string
  readonly hint: string | undefined
  readonly field: string
}

/** Several problems as one, as Kubernetes tells them: `[one, another]`. */
export function toldTogether(
  problems: readonly ToldProblem[],
): Pick<ToldProblem, 'message' | 'hint'> {
  const [first, second] = problems
  if (first !== undefined && second === undefined) {
    return { message: first.message, hint: first.hint }
  }
  const told = problems.slice(0, mostTold)
  const messages = told.map(({ message }) => message)
  if (problems.length > told.length) messages.push('and more')
  return { message: `[${messages.join(', ')}]`, hint: hintOf(told) }
}

/** Theirs where they have the same, else each with the field that it is about. */
function hintOf(told: readonly ToldProblem[]): string | undefined {
  const [first, ...more] = new Set(told.map(({ hint }) => hint))
  if (more.length === 0) return first
  return told
    .flatMap(({ hint, field }) => (hint === undefined ? [] : `${field}: ${hint}`))
    .join('; ')
}
