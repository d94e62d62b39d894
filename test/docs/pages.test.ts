import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { whyUnknown } from '../../scripts/docs/check-command.ts'
import type { CodeBlock } from '../../scripts/docs/code-blocks.ts'
import { linkedFiles, readBlocks, readPages } from '../../scripts/docs/pages.ts'
import { type ShellCommand, shellCommands } from '../../scripts/docs/shell-words.ts'
import { typeCheck } from '../../scripts/docs/type-check.ts'
import { runKubecred } from './run-kubecred.ts'

const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
const pages = readPages()
const blocks = readBlocks()
const byLanguage = Map.groupBy(blocks, ({ language }) => language)
// `sh` blocks are commands for the reader; in `console` blocks they follow `$ `, the rest is output.
const scripts = [
  ...inLanguage('sh').map(({ path, line, code }) => ({ path, line, code })),
  ...inLanguage('console').map(({ path, line, code }) => ({
    path,
    line,
    code: [...code.matchAll(/^\$ (.*(?:\\\n.*)*)/gm)].map((match) => match[1] ?? '').join('\n'),
  })),
]
const commands = scripts.flatMap(({ path, line, code }) =>
  shellCommands(code).map((command) => ({ at: `${path}:${line}`, command })),
)

describe('code blocks of the pages and doc comments', () => {
  test('are in a language that is checked', () => {
    const checked = ['ts', 'sh', 'console', 'json', 'yaml', 'text']
    const others = blocks.filter(({ language }) => !checked.includes(language))
    expect(others.map(where)).toEqual([])
  })

  test('in TypeScript compile against the doors of the package', { timeout: 120_000 }, () => {
    expect(typeCheck(inLanguage('ts'))).toEqual([])
  })

  test('in JSON and YAML can be parsed', () => {
    const documents = inLanguage('yaml').flatMap((block) =>
      parseAllDocuments(block.code).flatMap(({ errors }) => errors.map(() => where(block))),
    )
    expect([...inLanguage('json').filter(isNotJson).map(where), ...documents]).toEqual([])
  })

  test('hold only commands that a reader can run', () => {
    const unknown = commands.flatMap(({ at, command }) => {
      const why = whyUnknown(command, repository())
      return why === undefined ? [] : [`${at}: ${why}`]
    })
    expect(unknown).toEqual([])
  })

  test('hold only kubecred commands that its command line understands', async () => {
    const misunderstood: string[] = []
    for (const [line, at] of kubecredLines()) {
      const { exitCode, stderr } = await runKubecred(line.split('\0'))
      const understood = exitCode === undefined || exitCode === 0 || exitCode === 1
      if (!understood) misunderstood.push(`${at}: ${line.replaceAll('\0', ' ')}: ${stderr}`)
    }
    expect(misunderstood).toEqual([])
  })
})

describe('pages', () => {
  test('link only to files that are there', () => {
    const broken = pages.flatMap((page) => {
      const missing = linkedFiles(page).filter((to) => !existsSync(join(dirname(page.path), to)))
      return missing.map((to) => `${page.path}: ${to}`)
    })
    expect(broken).toEqual([])
  })

  test('keep the architecture to what can be read in one go', () => {
    const architecture = pages.find(({ path }) => path === 'ARCHITECTURE.md')
    expect(architecture?.text.trimEnd().split('\n').length ?? 0).toBeLessThanOrEqual(120)
  })
})

/** Each kubecred command of the pages once, its arguments joined, with the first place it stands. */
function kubecredLines(): Map<string, string> {
  const lines = new Map<string, string>()
  for (const { at, command } of commands) {
    const args = kubecredArgs(command)
    if (args !== undefined && !lines.has(args.join('\0'))) lines.set(args.join('\0'), at)
  }
  return lines
}

function kubecredArgs({ words }: ShellCommand): string[] | undefined {
  const own = words[0] === 'npx' ? words.slice(1) : words
  return own[0] === 'kubecred' ? own.slice(1) : undefined
}

function repository(): Parameters<typeof whyUnknown>[1] {
  return { name: 'kubecred', scripts: scriptNames(), hasFile: (path) => existsSync(path) }
}

function scriptNames(): string[] {
  const known = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest
  return known && typeof manifest.scripts === 'object' ? Object.keys(manifest.scripts ?? {}) : []
}

function inLanguage(language: string): CodeBlock[] {
  return byLanguage.get(language) ?? []
}

function isNotJson({ code }: CodeBlock): boolean {
  try {
    JSON.parse(code)
    return false
  } catch {
    return true
  }
}

function where({ path, line, language }: CodeBlock): string {
  return `${path}:${line} (${language === '' ? 'no language' : language})`
}
