import { describe, expect, test } from 'vitest'

import { readShellQuestion, shellReplyText } from '../../src/cli/shell-reply.ts'
import type { Shell } from '../../src/cli/shells.ts'
import type { Candidate } from '../../src/cli/word-completion.ts'

const breaks = ' \t\n"\'@><=;|&(:'

function reply(
  shell: Shell,
  args: readonly string[],
  candidates: readonly Candidate[],
  kept = '',
): readonly string[] {
  const text = shellReplyText(
    { kind: 'candidates', kept, candidates },
    readShellQuestion(shell, args),
  )
  expect(text).toMatch(/\n$/u)
  return text.split('\n').slice(0, -1)
}

const prod = { value: 'arn:aws:1:cluster/prod', about: 'cluster a, user b' }
const spaced = { value: "it's $mine", about: '' }
const both = [prod, spaced]

describe('the words of the line are those that the script hands over', () => {
  test('bash: the line up to the cursor', () => {
    const { finished, current } = readShellQuestion('bash', ['kubecred -n "a b" who', breaks])
    expect({ finished, current }).toEqual({ finished: ['-n', 'a b'], current: 'who' })
  })

  test.each(['zsh', 'fish', 'powershell'] as const)('%s: the word at the cursor first', (shell) => {
    const { finished, current } = readShellQuestion(shell, ['=who', '-n', 'a b'])
    expect({ finished, current }).toEqual({ finished: ['-n', 'a b'], current: 'who' })
    expect(readShellQuestion(shell, ['='])).toMatchObject({ finished: [], current: '' })
    expect(readShellQuestion(shell, [])).toMatchObject({ finished: [], current: '' })
  })

  test('PowerShell: without the quote before it', () => {
    expect(readShellQuestion('powershell', ["='my"]).current).toBe('my')
  })

  test('bash: nothing of nothing', () => {
    expect(readShellQuestion('bash', [])).toMatchObject({ finished: [], current: '' })
  })
})

describe('bash gets', () => {
  const args = (line: string): readonly string[] => [`kubecred ${line}`, breaks]

  test('what begins as the word does', () => {
    expect(reply('bash', args('--context it'), both)).toEqual(['candidates 0', `it\\'s\\ \\$mine`])
    expect(reply('bash', args('--context x'), both)).toEqual(['candidates 0'])
  })

  test('what stands for the part that it replaces', () => {
    expect(reply('bash', args('--context arn:aws:'), both)).toEqual([
      'candidates 0',
      '1:cluster/prod',
    ])
    expect(reply('bash', args('--context=a'), both, '--context=')).toEqual([
      'candidates 10',
      'arn:aws:1:cluster/prod',
    ])
    expect(reply('bash', args('--context="it'), both, '--context=')).toEqual([
      'candidates 10',
      `it's \\$mine`,
    ])
  })
})

test('zsh gets all, with colons for the descriptions', () => {
  expect(reply('zsh', ['=--context=x'], both, '--context=')).toEqual([
    'candidates 10',
    'arn\\:aws\\:1\\:cluster/prod:cluster a, user b',
    "it's $mine",
  ])
})

test('fish gets all, with tabs for the descriptions', () => {
  expect(reply('fish', ['=--context=x'], both, '--context=')).toEqual([
    'candidates 10',
    '--context=arn:aws:1:cluster/prod\tcluster a, user b',
    "--context=it's $mine",
  ])
})

test('PowerShell gets text, name and tool tip of what begins as the word does, in any case', () => {
  expect(reply('powershell', ['=--context=ARN'], both, '--context=')).toEqual([
    'candidates 10',
    '--context=arn:aws:1:cluster/prod\tarn:aws:1:cluster/prod\tcluster a, user b',
  ])
  expect(reply('powershell', ['=i'], both)).toEqual([
    'candidates 0',
    "'it''s $mine'\tit's $mine\tit's $mine",
  ])
})

test('no shell gets what would end its line or move the cursor', () => {
  const bad = [
    { value: 'a\nb', about: '' },
    { value: 'a\u001b[2J', about: '' },
    { value: 'a', about: 'b\r\n\tc' },
  ]
  expect(reply('fish', ['='], bad)).toEqual(['candidates 0', 'a\tb c'])
})

test('files are left to the shell', () => {
  const question = readShellQuestion('zsh', ['=--kubeconfig=a'])
  const text = shellReplyText({ kind: 'files', kept: '--kubeconfig=', candidates: [] }, question)
  expect(text).toBe('files 13\n')
})
