import type { Case } from '../case.ts'

const asks = 'printf "Code? " >/dev/tty; read -r code; '
const tells = 'sed "s/of-ann/of-$code/" "$RECORD/reply"'

// In small steps: a shell looks at what it has been told when a program that it runs has ended.
const works = 'n=0; while [ $n -lt 200 ]; do sleep 0.1; n=$((n + 1)); done; '
const ctrlC = '\u0003'

/**
 * On Ctrl-C says so, and gives the program that runs it the time to end before it does. What comes
 * then is passed over: the end of the session, or Kubecred's request to end.
 */
function interrupted(then: string): string {
  return `trap "" HUP TERM; trap 'echo "plugin: interrupted" >&2; sleep 0.3; ${then}' INT; `
}

/** Plugins that prompt, on a real terminal. */
export const terminalCases: readonly Case[] = [
  ...(['IfAvailable', 'Always'] as const).flatMap((interactiveMode): Case[] => [
    {
      name: `${interactiveMode}: a line that a plugin reads from its input`,
      exec: { interactiveMode },
      act: asks + tells,
      stdin: 'terminal',
      keys: 'bob\r',
    },
    {
      name: `${interactiveMode}: a line that a plugin reads without showing it`,
      exec: { interactiveMode },
      act: `stty -echo; ${asks}stty echo; ${tells}`,
      stdin: 'terminal',
      keys: 'bob\r',
    },
    {
      name: `${interactiveMode}: a plugin that writes its prompt to standard error`,
      exec: { interactiveMode },
      act: `echo "plugin: please" >&2; ${asks}${tells}`,
      stdin: 'terminal',
      keys: 'bob\r',
    },
    {
      name: `${interactiveMode}: the wrong answer, with which the plugin fails`,
      exec: { interactiveMode },
      act: `${asks}[ "$code" = ann ] || exit 4; ${tells}`,
      stdin: 'terminal',
      keys: 'bob\r',
      fails: ({ plugin }) =>
        `getting credentials: exec: executable ${plugin} failed with exit code 4`,
    },
    {
      name: `${interactiveMode}: end of input at the prompt`,
      exec: { interactiveMode },
      act: `${asks}[ "$code" = "" ] && exit 5; ${tells}`,
      stdin: 'terminal',
      keys: '\u0004',
      fails: ({ plugin }) =>
        `getting credentials: exec: executable ${plugin} failed with exit code 5`,
    },
    {
      name: `${interactiveMode}: Ctrl-C at the prompt of a plugin that says so`,
      exec: { interactiveMode },
      act: `${interrupted('exit 7')}${asks}${tells}`,
      stdin: 'terminal',
      keys: ctrlC,
      fails: '',
    },
    {
      name: `${interactiveMode}: Ctrl-C at the prompt of a plugin that it ends`,
      exec: { interactiveMode },
      act: `${interrupted('trap - INT; kill -INT $$')}${asks}${tells}`,
      stdin: 'terminal',
      keys: ctrlC,
      fails: '',
    },
  ]),
  {
    name: 'Never: a plugin that asks the terminal itself',
    act: `printf "Code? " >/dev/tty; read -r code </dev/tty; ${tells}`,
    stdin: 'terminal',
    keys: 'bob\r',
  },
  {
    name: 'Never: a plugin that reads its input',
    act: `read -r code; printf "%s" "plugin: <$code>" >&2; echo >&2; ${tells}`,
    stdin: 'terminal',
    fails: 'You must be logged in to the server (Unauthorized)',
  },
  {
    name: 'Never: Ctrl-C while a plugin works',
    act: `${interrupted('exit 7')}printf "Working? " >/dev/tty; ${works}${tells}`,
    stdin: 'terminal',
    keys: ctrlC,
    fails: '',
  },
  {
    name: 'IfAvailable: two prompts',
    exec: { interactiveMode: 'IfAvailable' },
    act: `${asks}printf "Again: " >/dev/tty; ${tells}`,
    stdin: 'terminal',
    keys: 'bob\r',
  },
]
