import { completeCommand, type Shell } from './shells.ts'

// What a word can become is decided by `kubecred __complete` (shell-reply.ts), so that there is one
// implementation, and it can be tested. The scripts hand the line over, and the answer back. They run
// the kubecred of PATH, never a program that is named on the line.

const bash = `# bash completion for kubecred, as printed by: kubecred completion bash
# For an alias, too: complete -o default -F _kubecred NAME
_kubecred() {
  local reply line kind=''
  COMPREPLY=()
  reply=$(command kubecred ${completeCommand} bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" \\
    2>/dev/null </dev/null)
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=\${line%% *}; else COMPREPLY+=("$line"); fi
  done <<< "$reply"
  # The bash of macOS has no compopt: it offers files where nothing fits.
  type compopt >/dev/null 2>&1 || return 0
  case $kind in
    files)
      # Not readline's: it takes the @ for the beginning of a host name.
      [[ $2 == @* ]] || return 0
      compopt +o default -o nospace
      while IFS= read -r line; do
        [[ -d $line ]] && line+=/
        [[ -n $line ]] && printf -v line '@%q' "$line" && COMPREPLY+=("$line")
      done <<< "$(compgen -f -- "\${2#@}")"
      ;;
    folders) compopt +o default -o dirnames ;;
    *) compopt +o default ;;
  esac
}
complete -o default -F _kubecred kubecred
`

const zsh = `#compdef kubecred
# zsh completion for kubecred, as printed by: kubecred completion zsh
_kubecred() {
  local -a lines before head assigned
  assigned=(\${(M)\${(z)LBUFFER}:#KUBECONFIG=*})
  (( $#assigned )) && local -x KUBECONFIG=\${(Q)assigned[-1]#KUBECONFIG=}
  before=("\${(@Q)words[2,CURRENT-1]}")
  (( CURRENT > 2 )) || before=()
  lines=("\${(@f)$(command kubecred ${completeCommand} zsh "=\${(Q)PREFIX}" "\${before[@]}" \\
    2>/dev/null </dev/null)}")
  head=(\${(s: :)lines[1]})
  shift lines
  (( head[2] > 0 )) && compset -p $head[2]
  case $head[1] in
    files) _files ;;
    folders) _files -/ ;;
    candidates) _describe -t candidates kubecred lines ;;
  esac
}
if [[ $funcstack[1] == _kubecred ]]; then
  _kubecred "$@"
else
  compdef _kubecred kubecred
fi
`

const fish = `# fish completion for kubecred, as printed by: kubecred completion fish
function __kubecred_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    set -e words[1]
    set -l lines (command kubecred ${completeCommand} fish "=$current" $words 2>/dev/null </dev/null)
    set -l head (string split ' ' -- $lines[1])
    set -e lines[1]
    switch "$head[1]"
        case candidates
            printf '%s\\n' $lines
        case files folders
            set -l kept (string sub -l $head[2] -- $current)
            set -l rest (string sub -s (math $head[2] + 1) -- $current)
            set rest (string trim -l -c '"\\'' -- $rest | string unescape)
            if test $head[1] = files
                printf "$kept%s\\n" (__fish_complete_path $rest)
            else
                printf "$kept%s\\n" (__fish_complete_directories $rest '')
            end
    end
end
complete -c kubecred -f -a '(__kubecred_complete)'
`

const powershell = `# PowerShell completion for kubecred, as printed by: kubecred completion powershell
Register-ArgumentCompleter -Native -CommandName kubecred -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { "$($_.Value)" } else { "$_" } })
    $lines = @(& kubecred ${completeCommand} powershell "=$wordToComplete" @before 2>$null)
    $kind, $length = "$($lines | Select-Object -First 1)" -split ' '
    if ($kind -eq 'files' -or $kind -eq 'folders') {
        $kept = $wordToComplete.Substring(0, $length)
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete.Substring($length)) |
            Where-Object { $kind -eq 'files' -or $_.ResultType -eq 'ProviderContainer' } |
            ForEach-Object {
                [System.Management.Automation.CompletionResult]::new(
                    $kept + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip)
            }
        return
    }
    $found = @($lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $name, $about = $_ -split "\`t"
        [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $about)
    })
    # An empty answer keeps PowerShell from offering files.
    if ($found.Count -gt 0) { $found } else { '' }
}
`

/** The script that teaches a shell to complete the command line of kubecred. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
