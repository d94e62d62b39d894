import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Theme } from './entry.ts'
import { faultsOf } from './faults.ts'
import { behaviourPage } from './page.ts'
import { collectTitles } from './test-titles.ts'

/** What {@link checkBehaviour} found. */
export interface BehaviourCheck {
  /** What is wrong with the entries, a line each. */
  readonly faults: readonly string[]
  /** The page as it should be. */
  readonly page: string
  /** Whether docs/BEHAVIOUR.md is so. */
  readonly isCurrent: boolean
}

/** Path of the page, from the root of the repository. */
export const pagePath = 'docs/BEHAVIOUR.md'

/** Holds the entries against the tests of the repository in `root`, and the page against both. */
export function checkBehaviour(themes: readonly Theme[], root: string): BehaviourCheck {
  const references = themes.flatMap(({ entries }) => entries.flatMap(({ tests }) => tests))
  const titles = collectTitles(references, root)
  const page = behaviourPage(themes)
  return {
    faults: faultsOf(themes, titles, differencesIn(root)),
    page,
    isCurrent: textOf(join(root, pagePath)) === page,
  }
}

function differencesIn(root: string): ReadonlySet<string> {
  const rows = textOf(join(root, 'docs/DIFFERENCES.md')).matchAll(/^\| `([a-z0-9-]+)` \|/gmu)
  return new Set([...rows].map(([, name = '']) => name))
}

function textOf(path: string): string {
  try {
    // Git on Windows may have changed the ends of lines.
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return ''
  }
}
