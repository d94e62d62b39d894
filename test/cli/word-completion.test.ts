import { describe, expect, test } from 'vitest'

import { commands } from '../../src/cli/commands.ts'
import { globalFlags } from '../../src/cli/global-flags.ts'
import { completionOf, type Completion } from '../../src/cli/word-completion.ts'
import { runCli } from './fake-terminal.ts'

/** Completes the last word of a line; a blank at its end begins a new one. */
function complete(line: string): Completion {
  const words = line.split(' ')
  return completionOf(words.slice(0, -1), words.at(-1) ?? '')
}

function valuesAfter(line: string): readonly string[] {
  const { offer } = complete(line)
  return offer.kind === 'candidates' ? offer.candidates.map(({ value }) => value) : [offer.kind]
}

const commandNames = ['request', 'credential', 'whoami', 'proxy', 'token', 'completion']
const tokenNames = ['create', 'inspect', 'credential', 'project']

describe('words', () => {
  test.each<readonly [line: string, values: readonly string[]]>([
    ['', [...commandNames, 'help']],
    ['cred', [...commandNames, 'help']],
    ['--context x ', [...commandNames, 'help']],
    ['--context=x -n y -v=6 ', [...commandNames, 'help']],
    ['help ', commandNames],
    ['help request ', []],
    ['nonsense ', []],
    ['credential ', []],
    ['proxy x', []],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['completion bash ', []],
    ['token ', [...tokenNames, 'help']],
    ['token -n ci cre', [...tokenNames, 'help']],
    ['token nonsense ', []],
    ['token create ', []],
    ['token inspect ', ['files']],
    ['token inspect - ', []],
    ['help token ', tokenNames],
    ['help token create ', []],
    ['request /version ', []],
    ['request GET /version ', []],
  ])('after "%s"', (line, values) => {
    expect(valuesAfter(line)).toEqual(values)
  })

  test('of a request are methods and paths, in this order', () => {
    expect(valuesAfter('request ').slice(0, 2)).toEqual(['GET', 'POST'])
    expect(valuesAfter('request ')).toContain('/version')
    const second = valuesAfter('request --context x GET ')
    expect(second).toContain('/version')
    expect(second).not.toContain('POST')
  })

  test('come with what the help says about them', () => {
    const { offer } = complete('')
    expect(offer).toMatchObject({
      candidates: expect.arrayContaining([
        { value: 'credential', about: 'get the credential and describe it' },
      ]) as unknown,
    })
  })
})

describe('flags', () => {
  test('are those of the command, and then those of every command', () => {
    const flags = valuesAfter('credential -')
    expect(flags.slice(0, 3)).toEqual(['--output', '--show-secrets', '--kubeconfig'])
    expect(flags).toHaveLength(globalFlags.length + 3)
    expect(flags.at(-1)).toBe('--help')
  })

  test('are those of a command behind another', () => {
    expect(valuesAfter('token create x --o')).toContain('--audience')
    expect(valuesAfter('token inspect --o')).toContain('--service-account')
    expect(valuesAfter('token --').slice(0, 2)).toEqual(['--kubeconfig', '--context'])
    expect(valuesAfter('token create -o ')).toEqual(['json', 'yaml', 'name'])
    expect(valuesAfter('token create --bound-object-kind=')).toEqual(['Node', 'Pod', 'Secret'])
  })

  test('before a command are those of every command, and the version', () => {
    expect(valuesAfter('--')).toEqual([
      ...globalFlags.map(({ name }) => `--${name}`),
      '--help',
      '--version',
    ])
  })

  test('are offered once, but for those that may be repeated', () => {
    const flags = valuesAfter('request --as joe --as-group a -n b -v6 --include -')
    expect(flags).not.toContain('--as')
    expect(flags).not.toContain('--namespace')
    expect(flags).not.toContain('--v')
    expect(flags).not.toContain('--include')
    expect(flags).toContain('--as-group')
    expect(flags).toContain('--header')
  })

  test('are not offered for the value of another, nor after --', () => {
    expect(valuesAfter('request --token -')).toEqual([])
    expect(valuesAfter('request -- -')).not.toContain('--context')
    expect(valuesAfter('request -- --con')).toContain('GET')
  })

  test('that are not known are passed over', () => {
    expect(valuesAfter('--zzz --yyy=1 -z ')).toEqual([...commandNames, 'help'])
  })

  test.each(commands.map(({ name, flags }) => [name, flags] as const))(
    'of %s are all in its help',
    async (name, flags) => {
      const { stdout } = await runCli([name, '--help'])
      expect(stdout).toContain(`kubecred ${name} `)
      for (const flag of flags) expect(stdout).toContain(`--${flag.name}`)
    },
  )

  test('belong to all the commands that the help lists', async () => {
    const { stdout } = await runCli(['--help'])
    const listed = stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) {2,}/gmu)
    expect([...listed].map(([, name]) => name)).toEqual([...commandNames, 'help'])
  })
})

describe('values', () => {
  test.each<readonly [line: string, kept: string, values: readonly string[]]>([
    ['credential -o ', '', ['json', 'yaml', 'exec-credential']],
    ['credential --output ', '', ['json', 'yaml', 'exec-credential']],
    ['whoami --output=j', '--output=', ['json', 'yaml']],
    ['whoami -o=', '-o=', ['json', 'yaml']],
    ['--disable-compression=', '--disable-compression=', ['true', 'false']],
    ['--zzz=', '--zzz=', []],
    ['whoami --server ', '', []],
    ['whoami --token ', '', []],
    ['whoami --password=', '--password=', []],
    ['--kubeconfig ', '', ['files']],
    ['--kuberc ', '', ['files']],
    ['--plugin-policy=', '--plugin-policy=', ['AllowAll', 'DenyAll', 'Allowlist']],
    ['--client-key=a/b', '--client-key=', ['files']],
    ['request /x -d ', '', []],
    ['request /x -d @a', '@', ['files']],
    ['request /x --data=@a', '--data=@', ['files']],
  ])('after "%s"', (line, kept, values) => {
    expect(complete(line).kept).toBe(kept)
    expect(valuesAfter(line)).toEqual(values)
  })

  test.each([
    ['--context ', 'contexts'],
    ['whoami --cluster=x', 'clusters'],
    ['proxy --user ', 'users'],
    ['request -n ', 'namespaces'],
    ['proxy --plugin-allow=', 'plugins'],
    ['request --namespace=', 'namespaces'],
  ])('after "%s" are the %s of the kubeconfig', (line, entries) => {
    expect(complete(line).offer).toEqual({ kind: 'kubeconfig', entries })
  })

  test('that could be anything are nothing', () => {
    expect(valuesAfter('whoami -o json --as ')).toEqual([])
  })
})

describe('the kubeconfig', () => {
  test.each([
    ['--context ', undefined],
    ['--kubeconfig a whoami --context ', 'a'],
    ['whoami --kubeconfig=a --context ', 'a'],
    ['--kubeconfig a --kubeconfig=b --context ', 'b'],
    ['--kubeconfig= --context ', ''],
    ['-- --kubeconfig=a ', undefined],
  ])('of "%s" is %s', (line, kubeconfig) => {
    expect(complete(line).kubeconfig).toBe(kubeconfig)
  })
})
