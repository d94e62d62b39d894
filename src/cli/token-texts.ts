import type { CommandTexts } from './command-texts.ts'

/** The help of `kubecred token`. */
export const tokenTexts: CommandTexts = {
  summary: 'get tokens of ServiceAccounts, and look at them',
  description:
    'Tokens of ServiceAccounts, which the API server issues for a while. Whoever gets one needs the ' +
    'verb "create" on "serviceaccounts/token" in the namespace.',
  usage: 'COMMAND [flags]',
  examples: [
    ['Get a token of the ServiceAccount deployer', 'kubecred token create deployer -n ci'],
    ['Look at a token', 'kubecred token inspect token.txt'],
    ['The help of a command', 'kubecred token create --help'],
  ],
}

/** The help of `kubecred token create`. */
export const tokenCreateTexts: CommandTexts = {
  summary: 'get a token of a ServiceAccount',
  description:
    'Asks the server for a token of the ServiceAccount, as kubectl create token does, and prints it ' +
    'and nothing else. The server may give it another lifetime than was asked for.',
  usage: 'NAME [flags]',
  examples: [
    ['A token that the API server takes', 'kubecred token create deployer -n ci'],
    ['For ten minutes', 'kubecred token create deployer -n ci --duration=10m'],
    ['For another reader', 'kubecred token create deployer --audience=https://vault.example'],
    [
      'Until a Pod ends',
      'kubecred token create deployer --bound-object-kind=Pod --bound-object-name=web-0',
    ],
  ],
}

/** The help of `kubecred token inspect`. */
export const tokenInspectTexts: CommandTexts = {
  summary: 'say in words what a token says of itself',
  description:
    'Says whose a token is and for whom, what it is bound to, when it ends and when the kubelet would ' +
    'renew it. It is read from a file, or for - from standard input; on the command line it would stand ' +
    'in the list of processes. Nothing is checked, and neither the token nor its signature printed; no ' +
    'server is asked, but for --service-account.',
  usage: 'FILE|-|TOKEN [flags]',
  examples: [
    [
      'The token of a pod',
      'kubecred token inspect /var/run/secrets/kubernetes.io/serviceaccount/token',
    ],
    ['One from standard input', 'kubectl create token deployer | kubecred token inspect -'],
    ['What a new one would be', 'kubecred token inspect --service-account=deployer -n ci'],
    ['For a script', 'kubecred token inspect -o json token.txt'],
  ],
}

/** The help of `kubecred token credential`. */
export const tokenCredentialTexts: CommandTexts = {
  summary: 'be an exec plugin: act as a ServiceAccount',
  description:
    'Gets a token of the ServiceAccount and prints it as an exec plugin does, so that kubectl and other ' +
    'programs can act as the ServiceAccount: its kubeconfig names this command, whose own flags ' +
    '(--kubeconfig, --context) lead to the credential that gets the token. It names as its end the time ' +
    'when the kubelet would renew it, 80 % of its life, because kubectl uses a credential until the end.',
  usage: 'NAME [flags]',
  examples: [
    ['Print one', 'kubecred token credential deployer -n ci'],
    [
      'Have kubectl act as deployer, as the user "deployer" of a kubeconfig',
      'kubectl config set-credentials deployer --exec-command=kubecred \\\n' +
        '    --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=IfAvailable \\\n' +
        '    --exec-arg=token --exec-arg=credential --exec-arg=deployer --exec-arg=--namespace=ci \\\n' +
        '    --exec-arg=--context=admin',
    ],
  ],
}

/** The help of `kubecred token project`. */
export const tokenProjectTexts: CommandTexts = {
  summary: 'keep a token in a file, fresh, as a pod has it',
  description:
    'Keeps the files token, ca.crt and namespace in a folder, as every pod has them, or those of a ' +
    'projected volume. They are replaced all at once, before a token ends; while the server fails, the ' +
    'old ones stay. What stands behind -- is run after each change, without a shell. Needs the verb ' +
    '"create" on "serviceaccounts/token"; for --spec "get" on the ConfigMaps and Secrets that it names.',
  usage: '--service-account=NAME --dir=DIR [flags] [-- COMMAND …]',
  examples: [
    [
      'The files of a pod',
      'kubecred token project --service-account=deployer -n ci --dir=/run/deployer',
    ],
    [
      'For another reader, who hears of each new token',
      'kubecred token project --service-account=deployer --dir=/run/vault \\\n' +
        '    --audience=https://vault.example --check-account=60s --pid-file=/run/agent.pid',
    ],
    [
      'As an init container',
      'kubecred token project --service-account=deployer --dir=/tokens --once',
    ],
    [
      'A volume of your own, and a command after each change',
      'kubecred token project --service-account=deployer --dir=/run/web --spec=volume.yaml \\\n' +
        '    -- systemctl reload nginx',
    ],
  ],
}
