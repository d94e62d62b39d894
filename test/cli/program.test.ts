import { describe, expect, test } from 'vitest'

import { version } from '../../src/doors/index.ts'
import { runCli } from './fake-terminal.ts'

describe('help is printed, and is no failure', () => {
  test.each([
    ['', ['Usage: kubecred COMMAND', '--as-group <group>', '-v, --v <level>', '# Ask the server']],
    ['--help', ['Usage: kubecred COMMAND', 'request', 'credential', 'proxy']],
    ['help request', ['Usage: kubecred request [METHOD] PATH', '-d, --data <text>', 'Examples:']],
    ['request --help', ['--header', 'kubecred request HEAD /version']],
    ['request -h', ['Usage: kubecred request']],
    ['credential --help', ['--show-secrets', 'exec-credential', 'Examples:']],
    ['token', ['Usage: kubecred token COMMAND', 'inspect', 'Examples:']],
    ['token --help', ['Usage: kubecred token COMMAND', 'credential']],
    ['help token', ['Usage: kubecred token COMMAND']],
    ['help token create', ['Usage: kubecred token create NAME', '--bound-object-uid <uid>']],
    ['token help inspect', ['Usage: kubecred token inspect FILE|-|TOKEN']],
    ['token credential --help', ['--exec-arg=credential', 'Flags of every command']],
    ['--context x', ['Usage: kubecred COMMAND']],
    ['proxy --help', ['(default: "8001")', '--disable-filter', 'kubecred proxy --port=0']],
  ])('kubecred %s', async (line, expected) => {
    const args = line.split(' ').filter((arg) => arg !== '')
    const { exitCode, stdout, stderr } = await runCli(args)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const text of expected) expect(stdout).toContain(text)
  })
})

test('the version is that of the package', async () => {
  expect(await runCli(['--version'])).toEqual({
    exitCode: 0,
    stdout: `kubecred ${version}\n`,
    stderr: '',
  })
})

describe('a command line that cannot be understood says what to do', () => {
  test.each<readonly [line: string, error: string, hint: string]>([
    ['requst', "unknown command 'requst'", 'did you mean request? see kubecred --help'],
    [
      'request --contxt x /',
      "unknown option '--contxt'",
      'did you mean --context? see kubecred request --help',
    ],
    [
      'proxy --rotation-drian=5s',
      "unknown option '--rotation-drian'",
      'did you mean --rotation-drain? see kubecred proxy --help',
    ],
    ['token crate', "unknown command 'crate'", 'did you mean create? see kubecred token --help'],
    [
      'token create x --audiense=a',
      "unknown option '--audiense'",
      'did you mean --audience? see kubecred token create --help',
    ],
    [
      'token create',
      'exactly one NAME is required, got 0',
      'for example: kubecred token create deployer',
    ],
    [
      'token create x -o xml',
      'unable to match a printer suitable for the output format "xml"',
      'allowed formats are: json, yaml, name',
    ],
    [
      'token credential x y -n ci',
      'exactly one NAME is required, got 2',
      'for example: kubecred token credential deployer -n ci',
    ],
    [
      'token inspect',
      'exactly one token is required, got 0',
      'give a file that holds it, - for standard input, or --service-account to get one',
    ],
    [
      'token inspect x --service-account y',
      'there is a token to look at, and --service-account to get one',
      'leave one of them out',
    ],
    [
      'token inspect x --duration=1h',
      '--audience, --duration and --bound-object-* say what token to get, and there is one to look at',
      'leave them out, or say with --service-account whose token to get',
    ],
    ['credential --zzz=x', "unknown option '--zzz'", 'see kubecred credential --help'],
    ['help nope', 'Unknown help topic [`nope`]', 'see kubecred --help'],
    ['credential --zzz', "unknown option '--zzz'", 'see kubecred credential --help'],
    [
      'credential extra',
      "too many arguments for 'credential'. Expected 0 arguments but got 1: extra.",
      'see kubecred credential --help',
    ],
    [
      'request / --context',
      "option '--context <name>' argument missing",
      'see kubecred request --help',
    ],
    ['request / --include=maybe', 'invalid argument: --include=maybe', 'a switch is true or false'],
    ['request / -v=x', 'invalid argument "x" for "-v, --v" flag', 'give a number: -v=6'],
    ['request', 'a path is missing', 'for example: kubecred request /api/v1/namespaces'],
    [
      'credential -o xml',
      'unable to match a printer suitable for the output format "xml"',
      'allowed formats are: json, yaml, exec-credential',
    ],
    ['proxy --port=x', 'invalid argument "x" for "-p, --port" flag', 'a number from 0 to 65535'],
    [
      'proxy -p 65536',
      'invalid argument "65536" for "-p, --port" flag',
      'a number from 0 to 65535',
    ],
    [
      'proxy --accept-hosts=(',
      'error parsing regexp: missing closing ): `(`',
      "give regular expressions of Go's syntax with commas between them",
    ],
  ])('kubecred %s', async (line, error, hint) => {
    expect(await runCli(line.split(' '))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: ${error}\nhint: ${hint}\n`,
    })
  })

  test('a time that is none is refused in the words of kubectl', async () => {
    const { exitCode, stderr } = await runCli(['request', '/', '--request-timeout=soon'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error: Invalid timeout value\. Timeout must be a single integer/u)
  })
})

describe('a flag whose value cannot be used is named, and not the kubeconfig', () => {
  test.each([
    ['--server=ftp://x', '--server'],
    ['--server=https://x --as-group=x', '--as-group'],
    ['--server=https://x --client-certificate=/dev/null', '--client-certificate'],
    ['--server=https://x --certificate-authority=/nonexist', '--certificate-authority'],
    ['--server=https://x --token=x --username=y', '--token, --username'],
  ])('kubecred credential %s', async (line, flags) => {
    const { exitCode, stderr } = await runCli(['credential', ...line.split(' ')])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error: invalid configuration: /u)
    expect(stderr).toContain(`(${flags})\n`)
  })
})
