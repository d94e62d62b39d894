import { describe, expect, test } from 'vitest'

import { batchCommand, isBatchFile } from '../../src/exec/windows-batch.ts'

const env = { SystemRoot: 'D:\\Win' }
const script = 'C:\\Program Files\\plugin.cmd'

function lineOf(...args: string[]): string | undefined {
  return batchCommand(script, args, env)?.args.at(-1)
}

describe('isBatchFile', () => {
  test('goes by the extension', () => {
    expect(['a.cmd', 'a.BAT', 'a.exe', 'cmd', 'a.cmd.exe'].map(isBatchFile)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('batchCommand', () => {
  test('runs the command interpreter of the system, without its own settings', () => {
    expect(batchCommand(script, ['get'], env)).toEqual({
      file: 'D:\\Win\\System32\\cmd.exe',
      args: ['/e:ON', '/v:OFF', '/d', '/s', '/c', '""C:\\Program Files\\plugin.cmd" get"'],
    })
    expect(batchCommand(script, [], {})?.file).toBe('C:\\Windows\\System32\\cmd.exe')
  })

  test.each([
    ['--region=x', '"--region=x"'],
    ['plain-1.2_3:/@\\x', 'plain-1.2_3:/@\\x'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a&calc', '"a&calc"'],
    ['a|b>c<d^e(f)!g,h;i', '"a|b>c<d^e(f)!g,h;i"'],
    ['"&calc&"', '"""&calc&"""'],
    ['say "hi"', '"say ""hi"""'],
    ['a\\"b', '"a\\\\""b"'],
    ['C:\\folder\\', '"C:\\folder\\\\"'],
    ['%PATH%', '"%%cd:~,%PATH%%cd:~,%"'],
    ['50%', '"50%%cd:~,%"'],
    ['é', '"é"'],
  ])('passes %j on as one word', (argument, word) => {
    expect(lineOf(argument)).toBe(`""${script}" ${word}"`)
  })

  test('keeps variables out of the path as well', () => {
    expect(batchCommand('C:\\%x%\\a.cmd', [], env)?.args.at(-1)).toBe(
      '""C:\\%%cd:~,%x%%cd:~,%\\a.cmd""',
    )
  })

  test.each(['a\nb', 'a\rb', 'a\0b'])('refuses %j, which no command line can hold', (argument) => {
    expect(lineOf(argument)).toBeUndefined()
  })

  test('refuses a path that no file can have', () => {
    expect(batchCommand('C:\\a".cmd', [], env)).toBeUndefined()
  })
})
