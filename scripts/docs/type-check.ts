import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeBlock } from './code-blocks.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = fileURLToPath(import.meta.resolve('../../node_modules/typescript/bin/tsc'))

const compilerOptions = {
  noEmit: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
  isolatedDeclarations: false,
  declaration: false,
  paths: { kubecred: ['../../src/doors/index.ts'], 'kubecred/*': ['../../src/doors/*.ts'] },
}

/**
 * Compiles the blocks with all the strictness of the project, as modules of a program that uses
 * the package by its name. Returns what the compiler says, by page and line.
 */
export function typeCheck(blocks: readonly CodeBlock[]): string[] {
  // Inside the repository, so that packages and tsconfig.json are found as they are from there.
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'docs-'))
  try {
    const programs = chapters(blocks)
    writePrograms(folder, programs.map(programText))
    return compile(folder).map((message) => atPage(message, programs))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writePrograms(folder: string, texts: readonly string[]): void {
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['./*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  // The compiler refuses a project without a file.
  writeFileSync(join(folder, 'none.ts'), 'export {}\n')
  for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.ts`), text)
}

function compile(folder: string): string[] {
  const args = [tsc, '-p', folder, '--pretty', 'false']
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return status === 0 ? [] : stdout.trim().split('\n')
}

/** Blocks that are compiled together: one, and those marked `continued` that follow it in its page. */
export function chapters(blocks: readonly CodeBlock[]): CodeBlock[][] {
  const result: CodeBlock[][] = []
  for (const block of blocks) {
    const last = result.at(-1)
    const continues = block.flags.includes('continued') && last?.at(-1)?.path === block.path
    if (continues) last.push(block)
    else result.push([block])
  }
  return result
}

/** The code of a chapter, each line at the number that it has in its page. */
export function programText(chapter: readonly CodeBlock[]): string {
  const lines: string[] = []
  for (const { line, code } of chapter) {
    while (lines.length < line - 1) lines.push('')
    lines.push(...code.split('\n'))
  }
  // A block without imports is a module all the same.
  return `${lines.join('\n')}\nexport {}\n`
}

function atPage(message: string, programs: readonly CodeBlock[][]): string {
  return message.replace(/^.*?(\d+)\.ts\((\d+),\d+\)/, (_, index: string, line: string) => {
    return `${programs[Number(index)]?.at(0)?.path ?? index}:${line}`
  })
}
