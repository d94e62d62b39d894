import { describe, expect, test } from 'vitest'

import { shells } from '../../src/cli/shells.ts'
import { installed } from '../testing/installed.ts'
import { runCommand } from '../testing/run-command.ts'
import { runCli } from './fake-terminal.ts'

test.each(shells)('the script of %s is printed', async (shell) => {
  const { exitCode, stdout, stderr } = await runCli(['completion', shell])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain(`kubecred __complete ${shell} `)
  expect(stdout).toMatch(/\n$/u)
})

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const there = installed(shell, '-c', 'true')
  const why = there ? '' : ` (skipped: ${shell} is not installed)`
  test.skipIf(!there)(`finds no mistake in its script${why}`, async () => {
    const { stdout } = await runCli(['completion', shell])
    const checked = await runCommand('sh', ['-c', `printf %s "$SCRIPT" | ${shell} -n`], {
      ...process.env,
      SCRIPT: stdout,
    })
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })
})

describe('the help tells how to install it', () => {
  test.each([
    'source <(kubecred completion bash)',
    'source <(kubecred completion zsh)',
    'kubecred completion fish > ',
    'kubecred completion powershell | Out-String | Invoke-Expression',
  ])('%s', async (line) => {
    expect((await runCli(['completion', '--help'])).stdout).toContain(line)
  })
})

describe('a shell has to be named', () => {
  test.each([
    ['completion', 'Shell not specified.'],
    ['completion tcsh', 'Unsupported shell type "tcsh".'],
    ['completion bash zsh', 'Too many arguments. Expected only the shell type.'],
  ])('kubecred %s', async (line, words) => {
    expect(await runCli(line.split(' '))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        `error: ${words}\n` +
        'hint: for example: kubecred completion bash; there are bash, zsh, fish, powershell\n',
    })
  })
})
