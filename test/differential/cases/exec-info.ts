import type { JsonObject } from '../../../src/api/json.ts'
import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'

const versions = ['v1', 'v1beta1'] as const
const modes = [undefined, 'Never', 'IfAvailable', 'Always'] as const
const inputs = ['null', 'pipe', 'file', 'terminal'] as const
const infos = [undefined, true] as const

/** What a plugin is told and what it gets as standard input: version, mode, input, cluster info. */
export const execInfoCases: readonly Case[] = [
  ...versions.flatMap((version) =>
    modes.flatMap((mode) =>
      inputs.flatMap((stdin) => infos.map((info) => execInfoCase(version, mode, stdin, info))),
    ),
  ),
  {
    name: 'v1alpha1, which kubectl no longer speaks',
    exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', interactiveMode: '' },
    fails: 'exec plugin: invalid apiVersion "client.authentication.k8s.io/v1alpha1"',
    differs: {
      because: difference('v1alpha1'),
      in: ['runs', 'requests', 'exitCode', 'stdout', 'error'],
      ours: { exitCode: 0, runs: [{ stdin: 'null' }] },
    },
  },
  {
    name: 'a version that nobody speaks',
    exec: { apiVersion: 'client.authentication.k8s.io/v2' },
    fails: 'exec plugin: invalid apiVersion "client.authentication.k8s.io/v2"',
  },
  {
    name: 'a mode that nobody knows',
    exec: { interactiveMode: 'Sometimes' },
    fails: 'invalid interactiveMode for fake: "Sometimes"',
  },
  {
    name: 'provideClusterInfo that is false',
    exec: { provideClusterInfo: false },
  },
]

function execInfoCase(
  version: (typeof versions)[number],
  mode: (typeof modes)[number],
  stdin: (typeof inputs)[number],
  info: (typeof infos)[number],
): Case {
  const exec: JsonObject = {
    apiVersion: `client.authentication.k8s.io/${version}`,
    // The plainest entry of the suite has a mode; an empty one is as none.
    interactiveMode: mode ?? '',
    ...(info === undefined ? {} : { provideClusterInfo: info }),
  }
  const fails = failure(version, mode, stdin)
  const standardInput = stdin === 'null' ? 'the null device' : `a ${stdin}`
  const withInfo = info === undefined ? '' : ', with cluster info'
  return {
    name: `${version}, ${mode ?? 'no mode'}, ${standardInput} as standard input${withInfo}`,
    exec,
    stdin,
    ...(fails === undefined ? {} : { fails }),
  }
}

function failure(version: string, mode: string | undefined, stdin: string): string | undefined {
  if (mode === undefined && version === 'v1') {
    return 'interactiveMode must be specified for fake to use exec authentication plugin'
  }
  if (mode !== 'Always' || stdin === 'terminal') return undefined
  return 'getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal'
}
