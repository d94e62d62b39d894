import type { Stage } from './stage.ts'

/** One scene of the story: something happens on the stage, and this is what came of it. */
export interface Scene {
  /** What happens; the left column, at most 21 characters. */
  readonly title: string
  /** @throws {@link NotAsTold} when it comes out differently. */
  readonly play: (stage: Stage) => Promise<Outcome>
}

/** What a scene has to show. */
export interface Outcome {
  /** The measured time that the scene is about; the middle column. */
  readonly time: string
  /** One line; the right column. */
  readonly text: string
  /** Further lines, below. Default: none. */
  readonly details?: readonly string[]
}

/** Something did not go as the demo tells it. */
export class NotAsTold extends Error {
  override readonly name: string = 'NotAsTold'
}

/** Asserts a claim of the story. */
export function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new NotAsTold(what)
}
