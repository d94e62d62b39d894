import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { completionScripts } from '../../src/cli/completion-scripts.ts'
import { installed } from '../testing/installed.ts'
import { runCommand } from '../testing/run-command.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

// The scripts are run by the shells that they are for, and run kubecred as a user's shell does.
const folder = temporaryFolder()
const main = join(import.meta.dirname, '../../src/cli/main.ts')

function file(name: string, text = ''): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

for (const name of ['bin', 'files', 'files/some dir']) mkdirSync(join(folder, name))
chmodSync(file('bin/kubecred', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`), 0o755)
file('files/some file')
file('files/some dir/inner')
const kubeconfig = file(
  'config',
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://c' } }],
    users: [{ name: 'u', user: { token: 'KUBECRED-PLANTED-SECRET-scripts' } }],
    contexts: [
      { name: 'arn:aws:eks:eu-1:1:cluster/prod', context: { cluster: 'c', user: 'u' } },
      { name: 'my $own', context: { cluster: 'c', user: 'u' } },
    ],
  }),
)
const other = file(
  'other',
  JSON.stringify({ contexts: [{ name: 'elsewhere', context: { cluster: 'c', user: 'u' } }] }),
)
const env = {
  PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
  HOME: folder,
  KUBECONFIG: kubeconfig,
  TERM: 'dumb',
  LC_ALL: 'C.UTF-8',
}

interface ShellUnderTest {
  readonly there: boolean
  readonly why: string
}

function shellNamed(name: string, ...args: readonly string[]): ShellUnderTest {
  const isPosix = process.platform !== 'win32'
  const there = isPosix && installed(name, ...args)
  const reason = isPosix ? `${name} is not installed` : 'not on Windows'
  return { there, why: there ? '' : ` (skipped: ${reason})` }
}

const bash = shellNamed('bash', '-c', 'compgen -b')
const zsh = shellNamed('zsh', '-fc', 'zmodload zsh/zpty')
const fish = shellNamed('fish', '-c', 'true')

describe.skipIf(!bash.there)(`bash${bash.why}`, () => {
  const script = file('kubecred.bash', completionScripts.bash)

  /** What bash would do for a line whose end the cursor is at. */
  async function complete(line: string): Promise<readonly string[]> {
    const program = `
      set -u
      source '${script}'
      compopt() { echo "compopt $*"; }
      COMP_LINE=$LINE_TYPED COMP_POINT=\${#LINE_TYPED} COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'
      cd '${join(folder, 'files')}'
      _kubecred kubecred "\${LINE_TYPED##* }" ''
      for each in "\${COMPREPLY[@]}"; do echo "reply $each"; done`
    const { stdout, stderr } = await runCommand('bash', ['--norc', '-c', program], {
      ...env,
      LINE_TYPED: line.replace('OTHER', other),
    })
    expect(stderr).toBe('')
    return stdout.split('\n').slice(0, -1)
  }

  test.each<readonly [line: string, does: readonly string[]]>([
    ['kubecred who', ['compopt +o default', 'reply whoami']],
    ['kubecred --context arn:aws', ['compopt +o default', 'reply aws:eks:eu-1:1:cluster/prod']],
    ['kubecred --context=my', ['compopt +o default', 'reply my\\ \\$own']],
    ['kubecred --context "my', ['compopt +o default', 'reply my \\$own']],
    ["kubecred --kubeconfig 'OTHER' --context ", ['compopt +o default', 'reply elsewhere']],
    ['kubecred --kubeconfig=nowhere --context ', ['compopt +o default']],
    ['kubecred whoami -o j', ['compopt +o default', 'reply json']],
    ['kubecred whoami --kubeconfig f', []],
    ['kubecred request /x -d @nothing', ['compopt +o default -o nospace']],
    [
      'kubecred request /x -d @so',
      ['compopt +o default -o nospace', 'reply @some\\ dir/', 'reply @some\\ file'],
    ],
  ])('%s', async (line, does) => {
    expect((await complete(line)).toSorted()).toEqual(does)
  })

  test('runs nothing that stands on the line', async () => {
    await complete(`kubecred $(touch '${join(folder, 'ran')}') \`touch ran\` who`)
    const { stdout } = await runCommand('ls', [folder])
    expect(stdout).not.toMatch(/^ran$/mu)
  })

  test('is silent where there is no kubecred', async () => {
    const { stdout, stderr } = await runCommand(
      'bash',
      ['-c', `source '${script}'; compopt() { :; }; COMP_LINE=x COMP_POINT=1; _kubecred; echo ok`],
      { ...env, PATH: '/usr/bin:/bin' },
    )
    expect({ stdout, stderr }).toEqual({ stdout: 'ok\n', stderr: '' })
  })
})

describe.skipIf(!fish.there)(`fish${fish.why}`, () => {
  const script = file('kubecred.fish', completionScripts.fish)

  async function complete(line: string): Promise<readonly string[]> {
    const program = `source '${script}'; cd '${join(folder, 'files')}'; complete -C $LINE_TYPED`
    const { stdout, stderr } = await runCommand('fish', ['--no-config', '-c', program], {
      ...env,
      LINE_TYPED: line.replace('OTHER', other),
    })
    expect(stderr).toBe('')
    return stdout.split('\n').slice(0, -1)
  }

  test.each<readonly [line: string, offered: readonly string[]]>([
    ['kubecred who', ['whoami\task the server who you are']],
    ['kubecred --context arn:aws', ['arn:aws:eks:eu-1:1:cluster/prod\tcluster c, user u']],
    ['kubecred --context=my', ['--context=my $own\tcluster c, user u']],
    ["kubecred --kubeconfig 'OTHER' --context ", ['elsewhere\tcluster c, user u']],
    ['kubecred --kubeconfig=nowhere --context ', []],
    ['kubecred whoami -o j', ['json']],
    ['kubecred whoami --kubeconfig some', ['some dir/', 'some file']],
    ['kubecred whoami --kubeconfig "some d', ['some dir/']],
    ['kubecred request /x -d @some', ['@some dir/', '@some file']],
    ['kubecred whoami ', []],
  ])('%s', async (line, offered) => {
    expect((await complete(line)).toSorted()).toEqual(offered)
  })
})

describe.skipIf(!zsh.there)(`zsh${zsh.why}`, () => {
  const script = file('kubecred.zsh', completionScripts.zsh)

  const result = join(folder, 'result')
  file(
    '.zshrc',
    `PROMPT= RPROMPT=; unsetopt zle_bracketed_paste prompt_sp
autoload -U compinit && compinit -u -D
source '${script}'
cd '${join(folder, 'files')}'
press-tab() { zle complete-word; print -r -- "$BUFFER" > '${result}'; exit }
ready() { print 'ready to type' }
zle -N press-tab; zle -N zle-line-init ready; bindkey '^I' press-tab`,
  )

  /** The line as it is after Tab, in a zsh on a terminal of its own. */
  async function complete(line: string): Promise<string> {
    const program = `
      zmodload zsh/zpty
      zpty shell zsh -i
      zpty -r shell text '*ready to type*'
      zpty -w -n shell "$LINE_TYPED"$'\\t'
      while zpty -r shell text; do :; done
      cat '${result}'`
    const { stdout, stderr } = await runCommand('zsh', ['-f', '-c', program], {
      ...env,
      ZDOTDIR: folder,
      LINE_TYPED: line.replace('OTHER', other),
    })
    expect(stderr).toBe('')
    return stdout.replace(/\n$/u, '').replace(other, 'OTHER')
  }

  test.each([
    ['kubecred who', 'kubecred whoami '],
    ['kubecred --context ar', 'kubecred --context arn:aws:eks:eu-1:1:cluster/prod '],
    ['kubecred --context=my', 'kubecred --context=my\\ \\$own '],
    ["kubecred --context 'my", "kubecred --context 'my $own' "],
    ["kubecred --kubeconfig 'OTHER' --user= --context ", undefined],
    ['KUBECONFIG=OTHER kubecred --context ', undefined],
    ['kubecred --kubeconfig=nowhere --context ', 'kubecred --kubeconfig=nowhere --context '],
    ['kubecred whoami -o j', 'kubecred whoami -o json '],
    ['kubecred --kubeconfig=some\\ d', 'kubecred --kubeconfig=some\\ dir/'],
    ['kubecred request /x -d @some\\ f', 'kubecred request /x -d @some\\ file '],
  ])('%s', async (line, completed = `${line}elsewhere `) => {
    expect(await complete(line)).toBe(completed)
  })
})
