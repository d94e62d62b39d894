import type { JsonValue } from '../../../src/api/json.ts'
import type { Case } from '../case.ts'

/** Arguments and variables of a plugin. */
export const environmentCases: readonly Case[] = [...argumentCases(), ...variableCases()]

function argumentCases(): Case[] {
  const lists: readonly (readonly [name: string, args: JsonValue])[] = [
    ['none, as an empty list', []],
    ['none, as null', null],
    ['one that is empty', ['']],
    ['several that are empty', ['', '', 'x', '']],
    ['what a shell would read', ['$HOME', '`id`', '$(id)', '*', '~', '>x', ';', '&&', '|']],
    ['blanks and quotes', ['two words', '"double"', "it's", ' lead', 'trail ', '\t']],
    ['lines', ['a\nb', '\r\n', 'c\\nd']],
    ['backslashes', ['\\', '\\\\', 'C:\\x\\']],
    ['flags', ['--', '-', '--a=b', '-x=', '--=']],
    ['other scripts', ['größe', '語', '🎭']],
    ['a long one', ['x'.repeat(100_000)]],
    ['many', Array.from({ length: 500 }, (_, index) => String(index))],
  ]
  return lists.map(([name, args]) => ({ name: `arguments: ${name}`, exec: { args } }))
}

function variableCases(): Case[] {
  const lists: readonly (readonly [name: string, env: JsonValue, rest?: Partial<Case>])[] = [
    ['none, as an empty list', []],
    ['none, as null', null],
    ['one', [{ name: 'A', value: 'b' }]],
    ['an empty value', [{ name: 'A', value: '' }]],
    ['no value', [{ name: 'A' }]],
    ['the parent has it too', [{ name: 'A', value: 'entry' }], { env: { A: 'parent', Z: 'last' } }],
    [
      'twice the same',
      [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
        { name: 'A', value: '3' },
      ],
    ],
    [
      'in another case',
      [
        { name: 'path', value: 'x' },
        { name: 'Path', value: 'y' },
      ],
    ],
    ['what a shell would read', [{ name: 'A', value: '$HOME `id` "q" \'s\' \\' }]],
    ['lines', [{ name: 'A', value: 'a\nb\n' }]],
    ['an equals sign in the value', [{ name: 'A', value: '=b=c=' }]],
    [
      'names that are none to a shell',
      [
        { name: 'a-b.c d', value: '1' },
        { name: '1', value: '2' },
      ],
    ],
    ['an equals sign in the name', [{ name: 'A=B', value: 'c' }]],
    ['other scripts', [{ name: 'GRÖSSE', value: '語🎭' }]],
    ['exec info of its own', [{ name: 'KUBERNETES_EXEC_INFO', value: 'mine' }]],
    ['exec info of the parent', [], { env: { KUBERNETES_EXEC_INFO: 'parent' } }],
    ['PATH, for what the plugin runs', [{ name: 'PATH', value: '/bin:/usr/bin' }]],
    [
      'a name that is an integer to JavaScript',
      [
        { name: '7', value: 'b' },
        { name: 'A', value: 'c' },
      ],
    ],
    ['__proto__', [{ name: '__proto__', value: 'x' }]],
    ['a long value', [{ name: 'A', value: 'x'.repeat(100_000) }]],
    [
      'no name',
      [{ value: 'x' }],
      { fails: 'env variable name must be specified for fake to use exec authentication plugin' },
    ],
    [
      'no name, twice',
      [{ value: 'x' }, { name: '' }],
      { fails: 'env variable name must be specified for fake to use exec authentication plugin' },
    ],
    [
      'a parent with variables that are no text',
      [],
      { env: { 'a-b': '1', EMPTY: '', 'x y': 'z' } },
    ],
    ['a proxy that is not for this host', [], { env: { NO_PROXY: '127.0.0.1', no_proxy: 'x' } }],
  ]
  return lists.map(([name, env, rest = {}]) => ({
    name: `variables: ${name}`,
    exec: { env },
    ...rest,
  }))
}
