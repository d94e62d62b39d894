import type { Case } from '../case.ts'

const good = 'cat "$RECORD/reply"'

function endings(): Case[] {
  const acts: readonly (readonly [name: string, act: string, code: number])[] = [
    ['exits with 1', 'exit 1', 1],
    ['exits with 2 and prints its reply', 'cat "$RECORD/reply"; exit 2', 2],
    ['exits with 126', 'exit 126', 126],
    ['exits with 127', 'no-such-program 2>/dev/null', 127],
    ['exits with 255', 'exit 255', 255],
    ['says why on standard error', 'echo "plugin: not today" >&2; exit 3', 3],
    ['is ended by SIGKILL', 'kill -KILL $$', -1],
    ['is ended by SIGTERM', 'kill -TERM $$', -1],
    ['is ended by SIGSEGV', 'kill -SEGV $$', -1],
    ['is ended by SIGPIPE', 'kill -PIPE $$', -1],
  ]
  return acts.map(([name, act, code]) => ({
    name: `a plugin that ${name}`,
    act,
    fails: ({ plugin }) =>
      `getting credentials: exec: executable ${plugin} failed with exit code ${code}`,
  }))
}

const noisy: readonly Case[] = [
  {
    name: 'a plugin that writes on standard error and succeeds',
    act: `echo "plugin: one" >&2; ${good}; echo "plugin: two" >&2`,
  },
  { name: 'a plugin that takes its time', act: `sleep 0.3; ${good}` },
  {
    name: 'a plugin that prints in pieces',
    act: 'head -c 20 "$RECORD/reply"; sleep 0.2; tail -c +21 "$RECORD/reply"',
  },
  { name: 'a plugin that reads its input', act: `cat >/dev/null; ${good}` },
  { name: 'a plugin that closes its outputs', act: `${good}; exec >&- 2>&-` },
  {
    name: 'a plugin that leaves a program behind, which keeps the outputs open',
    act: `sleep 2 & ${good}`,
  },
]

/** Plugins as processes: how they end, and what they do meanwhile. */
export const processCases: readonly Case[] = [...endings(), ...noisy]
