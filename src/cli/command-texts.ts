/** What the help says about a command. */
export interface CommandTexts {
  readonly summary: string
  readonly description: string
  readonly usage: string
  readonly examples: readonly (readonly [what: string, command: string])[]
}

/** The help of `kubecred` itself. */
export const programTexts: Omit<CommandTexts, 'summary'> = {
  description: 'Kubernetes client credentials: get them, look at them, spend them.',
  usage: 'COMMAND [flags]',
  examples: [
    ['Ask the server for its version', 'kubecred request /version'],
    ['Look at the credential that a context gives', 'kubecred credential --context production'],
    ['Serve the API on a local port', 'kubecred proxy --port=8001'],
  ],
}

/** The help of `kubecred request`. */
export const requestTexts: CommandTexts = {
  summary: 'send a request to the API server',
  description:
    'Sends a request to the API server and prints the body of the response as it arrives. METHOD ' +
    'is GET, or POST when there is data. An error of the server is told on standard error in the ' +
    'words of kubectl; its body is printed with -i only.',
  usage: '[METHOD] PATH [flags]',
  examples: [
    ['List namespaces', 'kubecred request /api/v1/namespaces'],
    ['Watch them', "kubecred request '/api/v1/namespaces?watch=true'"],
    ['Create one', `kubecred request POST /api/v1/namespaces -d '{"metadata":{"name":"x"}}'`],
    ['Send what stands in a file', 'kubecred request POST /api/v1/namespaces -d @namespace.json'],
    ['Look at the headers', 'kubecred request HEAD /version'],
  ],
}

/** The help of `kubecred credential`. */
export const credentialTexts: CommandTexts = {
  summary: 'get the credential and describe it',
  description:
    'Gets the credential, running a plugin if there is one, and describes it. Secrets are left ' +
    'out unless you ask for them. With -o exec-credential it is itself a plugin, for kubectl too.',
  usage: '[flags]',
  examples: [
    ['Describe the credential of the current context', 'kubecred credential'],
    ['For a script', 'kubecred credential -o json --context production'],
    ['As the plugin of another kubeconfig', 'kubecred credential -o exec-credential'],
  ],
}

/** The help of `kubecred whoami`. */
export const whoamiTexts: CommandTexts = {
  summary: 'ask the server who you are',
  description:
    'Asks the server whom it takes you for, as kubectl auth whoami does, and says by which ' +
    'credential: where it comes from, when it ends, when it would be renewed. A server older than ' +
    'Kubernetes 1.28 cannot be asked; then it says what the credential itself tells. With -o the ' +
    'answer is one object: user (username, uid, groups, extra), as the server has it, or claims ' +
    '(issuer, subject, username) of the token where there is no user; and credential, the object ' +
    'that kubecred credential -o json prints.',
  usage: '[flags]',
  examples: [
    ['Who am I, and by which credential', 'kubecred whoami'],
    ['For a script', 'kubecred whoami -o json --context production'],
    ['Check whom you would act as', 'kubecred whoami --as jane --as-group developers'],
  ],
}

/** The help of `kubecred proxy`. */
export const proxyTexts: CommandTexts = {
  summary: 'serve the API of the cluster on a local port',
  description:
    'Serves the API of the cluster over plain HTTP on this machine, with your credential. Whoever ' +
    'can reach the port acts as you; requests that a browser marks as those of another site are refused. On SIGTERM ' +
    'or Ctrl-C it ends watches, gives other requests 10 seconds, and stops; asked twice, at once.',
  usage: '[flags]',
  examples: [
    ['Serve on port 8001', 'kubecred proxy'],
    ['On any free port, which the first line tells', 'kubecred proxy --port=0'],
    ['On a socket that only you can use', 'kubecred proxy --unix-socket=/tmp/kube.sock'],
    ['With a page of yours beside the API', 'kubecred proxy --www=./dist --www-prefix=/ui/'],
    ['With exec and attach', "kubecred proxy --reject-paths=''"],
  ],
}

/** The help of `kubecred completion`. */
export const completionTexts: CommandTexts = {
  summary: 'print the completion script of a shell',
  description:
    'Prints a script that teaches a shell to complete commands, flags, and what they take: ' +
    'contexts, clusters, users and namespaces of the kubeconfig, formats, files. No server is ' +
    'asked, and no plugin run.',
  usage: 'bash|zsh|fish|powershell',
  examples: [
    ['In bash, for this session; in ~/.bashrc for all', 'source <(kubecred completion bash)'],
    ['In the bash of macOS', 'source /dev/stdin <<<"$(kubecred completion bash)"'],
    ['In zsh; in ~/.zshrc after compinit', 'source <(kubecred completion zsh)'],
    ['In fish', 'kubecred completion fish > ~/.config/fish/completions/kubecred.fish'],
    [
      'In PowerShell; in $PROFILE for all',
      'kubecred completion powershell | Out-String | Invoke-Expression',
    ],
  ],
}
