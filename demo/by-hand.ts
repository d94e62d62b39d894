import { fileURLToPath } from 'node:url'

const commandLine = 'src/cli/main.ts'

/** What to try after the demo. */
export const afterwards: readonly string[] = [
  'By hand:',
  '  npm run demo -- --keep                     leaves server and plugin running, for you to try',
  `  npx node ${commandLine} request /version  does the same work with your own kubeconfig`,
]

/** What to try while the demo's server and plugin run. */
export function meanwhile(
  kubeconfig: string,
  platform: NodeJS.Platform = process.platform,
): string[] {
  return [
    'Server and plugin run until you press Ctrl-C. In another terminal:',
    '',
    ...settings(kubeconfig, platform).map((line) => `  ${line}`),
    '',
    '  kubecred request /api/v1/namespaces',
    '  kubecred credential',
    '  kubectl get namespaces',
    '  kubectl auth whoami',
    '  kubectl get namespaces --watch             and elsewhere: kubectl create namespace hello',
  ]
}

/** Makes the commands work in any folder, and without an installation. */
function settings(kubeconfig: string, platform: NodeJS.Platform): string[] {
  const program = fileURLToPath(new URL(`../${commandLine}`, import.meta.url))
  const node = process.execPath
  if (platform === 'win32') {
    const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
    return [
      `$env:KUBECONFIG = ${quote(kubeconfig)}`,
      `function kubecred { & ${quote(node)} ${quote(program)} @args }`,
    ]
  }
  return [
    `export KUBECONFIG=${shellWord(kubeconfig)}`,
    `kubecred() { ${shellWord(node)} ${shellWord(program)} "$@"; }`,
  ]
}

function shellWord(text: string): string {
  return /^[\w./-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
