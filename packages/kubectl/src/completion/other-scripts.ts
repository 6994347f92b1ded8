/** What `kubectl completion zsh|fish|powershell` prints: shells that a learner has at home. Each asks `kubectl __complete`, and goes by its directive. */

export const zshScript = `#compdef kubectl
compdef _kubectl kubectl

# zsh completion for kubectl                              -*- shell-script -*-

_kubectl()
{
    local answer line asked
    local -i directive=0
    local -a found options
    asked="\${words[1]} __complete \${words[2,CURRENT]}"
    [[ -n \${words[CURRENT]} ]] || asked+=" ''"
    answer=$(eval $asked 2>/dev/null) || return
    directive=\${answer##*:}
    for line in \${(f)\${answer%:*}}; do
        # A colon parts a candidate from what describes it.
        found+=(\${\${line//:/\\\\:}/$'\\t'/:})
    done
    (( directive & 1 )) && return
    (( directive & 2 )) && options+=(-S '')
    (( directive & 32 )) && options+=(-V kubectl)
    if (( directive & 8 )); then
        _files -g "*.(\${(j:|:)found%%:*})"
    elif (( directive & 16 )); then
        _files -/
    elif (( \${#found} > 0 )); then
        _describe -t kubectl kubectl found $options
    elif (( ! (directive & 4) )); then
        _files
    fi
}

# Read by compinit, it is the function itself.
if [ "$funcstack[1]" = "_kubectl" ]; then
    _kubectl
fi
`

export const fishScript = `# fish completion for kubectl                              -*- shell-script -*-

function __kubectl_ask
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    $typed[1] __complete $typed[2..-1] "$current" 2>/dev/null
end

function __kubectl_directive
    string match -rg '^:(\\d+)$' -- (__kubectl_ask)[-1]; or echo 1
end

function __kubectl_candidates
    set -l answer (__kubectl_ask)
    test (count $answer) -gt 1; and printf '%s\\n' $answer[1..-2]
end

function __kubectl_wants_files
    set -l directive (__kubectl_directive)
    test (math "bitand($directive, 29)") -eq 0; and test (count (__kubectl_ask)) -le 1
end

complete -c kubectl -e
complete -c kubectl -n 'not __kubectl_wants_files' -f -a '(__kubectl_candidates)'
complete -c kubectl -n '__kubectl_wants_files' -F
`

export const powershellScript = `# powershell completion for kubectl                              -*- shell-script -*-

$__kubectlCompleterBlock = {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = $CommandAst.CommandElements | ForEach-Object { "$_" }
    $program, $asked = $words
    if ($WordToComplete -eq '') { $asked += '""' }
    $answer = @(& $program __complete @asked 2>$null)
    $directive = [int]($answer[-1].TrimStart(':'))
    if ($directive -band 1) { return }
    $blank = if ($directive -band 2) { '' } else { ' ' }
    $answer | Select-Object -SkipLast 1 | ForEach-Object {
        $name, $text = $_ -split "\`t", 2
        if ($name -like "$WordToComplete*") {
            $tip = if ($text) { $text } else { ' ' }
            [System.Management.Automation.CompletionResult]::new($name + $blank, $name, 'ParameterValue', $tip)
        }
    }
}

Register-ArgumentCompleter -CommandName 'kubectl' -ScriptBlock $__kubectlCompleterBlock
`
