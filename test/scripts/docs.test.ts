import { describe, expect, test } from 'vitest'
import { whyUnknown } from '../../scripts/docs/check-command.ts'
import { codeBlocks, exampleBlocks } from '../../scripts/docs/code-blocks.ts'
import { linkedFiles } from '../../scripts/docs/pages.ts'
import { shellCommands } from '../../scripts/docs/shell-words.ts'
import { chapters, programText, typeCheck } from '../../scripts/docs/type-check.ts'

describe('code blocks', () => {
  test('are found with their line, language and flags', () => {
    const page = 'Text\n\n```ts continued\nconst a = 1\n\nb()\n```\n\n- item\n  ~~~\n  x\n  ~~~\n'
    expect(codeBlocks('A.md', page)).toEqual([
      { path: 'A.md', line: 4, language: 'ts', flags: ['continued'], code: 'const a = 1\n\nb()' },
      { path: 'A.md', line: 11, language: '', flags: [], code: 'x' },
    ])
  })

  test('without an end are an error that names the place', () => {
    expect(() => codeBlocks('A.md', '\n```ts\n')).toThrow('A.md:2: this code block has no end')
  })

  test('are found in doc comments, not in other text', () => {
    const source = [
      'const page = `',
      '```sh',
      '`',
      '/**',
      ' * Gives a.',
      ' *',
      ' * @example',
      ' * ```ts',
      ' * a({',
      ' *   b: 1,',
      ' * })',
      ' * ```',
      ' */',
      'export const a = 1',
    ]
    const [block, ...others] = exampleBlocks('a.ts', source.join('\n'))
    expect(block).toMatchObject({ line: 9, language: 'ts', code: 'a({\n  b: 1,\n})' })
    expect(others).toEqual([])
  })
})

describe('type check of code blocks', () => {
  const block = (line: number, code: string, ...flags: string[]) => {
    return { path: 'A.md', line, language: 'ts', flags, code }
  }

  test('puts continued blocks behind the block that they continue', () => {
    const blocks = [block(3, 'a'), block(7, 'b', 'continued'), block(9, 'c')]
    expect(chapters(blocks).map((chapter) => chapter.length)).toEqual([2, 1])
    expect(programText(blocks.slice(0, 2))).toBe('\n\na\n\n\n\nb\nexport {}\n')
  })

  test('tells errors by page and line', { timeout: 60_000 }, () => {
    const [error, ...others] = typeCheck([
      block(3, 'const a: string = "x"'),
      block(7, 'a.length', 'continued'),
      block(20, '\nconst a: string = 1'),
    ])
    expect(error).toMatch(/^A\.md:21: error TS2322/)
    expect(others).toEqual([])
  })
})

describe('shell commands', () => {
  test('are split into words as a shell would', () => {
    const script = `
# first
A=1 kubecred request "/api/v1" -d '{"a": 1}' \\
  -o json > out.json 2>/dev/null | jq .items # last
cd x && npm test; ls \\*`
    expect(shellCommands(script).map(({ words }) => words)).toEqual([
      ['kubecred', 'request', '/api/v1', '-d', '{"a": 1}', '-o', 'json'],
      ['jq', '.items'],
      ['cd', 'x'],
      ['npm', 'test'],
      ['ls', '*'],
    ])
    expect(shellCommands('A=1 B= kubecred')[0]?.assignments).toEqual(['A=1', 'B='])
  })

  test('that only a real shell can read are refused', () => {
    expect(() => shellCommands('export A=$(date)')).toThrow('cannot read')
    expect(() => shellCommands('echo "a')).toThrow('cannot read')
  })

  const repository = {
    name: 'kubecred',
    scripts: ['demo', 'test'],
    hasFile: (path: string) => path === '.ci/run',
  }

  test.each([
    'npm test',
    'npm run demo -- --keep',
    'npm ci',
    'npm install -g kubecred',
    'npm i kubecred undici',
    'npx kubecred request /version',
    'kubecred credential',
    'bash .ci/run',
    'kubectl get pods',
  ])('of the pages are known: %s', (line) => {
    expect(shellCommands(line).map((command) => whyUnknown(command, repository))).toEqual([
      undefined,
    ])
  })

  test.each([
    ['npm run nothing', 'package.json has no script nothing'],
    ['npm i left-pad', 'left-pad is not a package of this project'],
    ['npm publish', 'npm publish is not a command of these pages'],
    ['npx other', 'npx runs only this package'],
    ['node missing.ts', 'there is no file missing.ts'],
    ['sudo rm', 'sudo is not a command of these pages'],
  ])('that nobody could run are refused: %s', (line, why) => {
    expect(shellCommands(line).map((command) => whyUnknown(command, repository))).toEqual([why])
  })
})

test('links to files are told from links to elsewhere', () => {
  const text = '[a](docs/a.md#x) [b](https://example.com) [c](#c) ![d](d.png)'
  expect(linkedFiles({ path: 'A.md', text })).toEqual(['docs/a.md', 'd.png'])
})
