/** What `kubectl completion bash` prints: Tab asks `kubectl __complete`. It behaves as the script of spf13/cobra/bash_completionsV2.go, and needs nothing beside bash. */

export const bashScript = `# bash completion for kubectl                              -*- shell-script -*-

# The words as kubectl takes them, in the caller's \`words\`: bash parts them at = and : as well.
__kubectl_words()
{
    local rest=\${COMP_LINE:0:COMP_POINT} piece
    words=()
    for piece in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ \${#words[@]} -eq 0 || $rest == [[:blank:]]* ]]; then
            words+=("")
            rest=\${rest#"\${rest%%[![:blank:]]*}"}
        fi
        words[\${#words[@]}-1]+=$piece
        rest=\${rest#"$piece"}
    done
}

# Candidates that begin with what was typed, in COMPREPLY. Several are shown with what describes them.
__kubectl_offer()
{
    local tab=$'\\t' line name text width room
    local -i longest=0
    for line in "\${candidates[@]}"; do
        [[ $line == "$typed"* ]] || continue
        COMPREPLY+=("$line")
        name=\${line%%"$tab"*}
        (( \${#name} > longest )) && longest=\${#name}
    done
    local -i at several=$(( \${#COMPREPLY[@]} > 1 ))
    for (( at = 0; at < \${#COMPREPLY[@]}; at++ )); do
        line=\${COMPREPLY[at]}
        name=\${line%%"$tab"*}
        text=\${line#"$name"}
        text=\${text#"$tab"}
        if (( several == 0 )) || [[ -z $text || $COMP_TYPE == 37 || $COMP_TYPE == 42 ]]; then
            COMPREPLY[at]=$name
            continue
        fi
        width=$longest
        room=$(( COLUMNS - longest - 4 ))
        (( room > 8 )) || { width=0; room=$(( COLUMNS - \${#name} - 4 )); }
        if (( room <= 0 )); then
            COMPREPLY[at]=$name
            continue
        fi
        (( \${#text} > room )) && text="\${text:0:room-1}…"
        printf -v "COMPREPLY[at]" '%-*s  (%s)' "$width" "$name" "$text"
    done
    # What stands before a colon is on the line already.
    if [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]]; then
        local before=\${typed%"\${typed##*:}"}
        COMPREPLY=("\${COMPREPLY[@]#"$before"}")
    fi
}

# Files whose names end as one of the candidates, and directories.
__kubectl_files()
{
    local ending
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$typed"))
    for ending in "\${candidates[@]}"; do
        COMPREPLY+=($(compgen -f -X "!*.$ending" -- "$typed"))
    done
}

__start_kubectl()
{
    local words asked answer typed
    local -a candidates=()
    local -i directive=0
    COMPREPLY=()
    __kubectl_words
    typed=\${words[\${#words[@]}-1]}
    asked="\${words[0]} __complete \${words[*]:1}"
    [[ -n $typed ]] || asked+=" ''"
    # Of --flag=value only the value is replaced.
    [[ $typed != -*=* ]] || typed=\${typed#*=}
    answer=$(eval "$asked" 2>/dev/null) || return
    [[ $answer =~ :([0-9]+)$ ]] && directive=\${BASH_REMATCH[1]}
    answer=\${answer%:*}
    # 1: an error, 2: no blank behind it, 4: no files, 8: files that end so, 16: directories, 32: the order stays.
    (( directive & 1 )) && return
    (( directive & 2 )) && compopt -o nospace
    (( directive & 4 )) && compopt +o default
    (( directive & 32 )) && compopt -o nosort
    [[ -z $answer ]] || readarray -t candidates <<< "\${answer%$'\\n'}"
    if (( directive & 8 )); then
        __kubectl_files
    elif (( directive & 16 )); then
        compopt -o filenames
        local IFS=$'\\n'
        COMPREPLY=($(compgen -d -- "$typed"))
    else
        __kubectl_offer
    fi
}

complete -o default -F __start_kubectl kubectl
`
