# Completion of hrctl for bash.  Commands and options come from the program itself.

_hrctl()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev= command= word options
    local -a words=()
    local i skip=

    [ "$COMP_CWORD" -eq 0 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}
    [ -n "${_hrctl_words:-}" ] || _hrctl_words=$("${COMP_WORDS[0]}" --words 2>/dev/null)

    # the words of the command: neither options nor their values
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [ -n "$skip" ]; then
            skip=
        elif [[ $word == --* ]]; then
            awk -F'\t' -v o="$word" '$2 == o && $3 != "" { found = 1 } END { exit !found }' \
                <<<"$_hrctl_words" && skip=1
        else
            words+=("$word")
        fi
    done

    for i in 2 1; do
        [ ${#words[@]} -ge "$i" ] || continue
        command="${words[*]:0:i}"
        awk -F'\t' -v c="$command" '$1 == c { found = 1 } END { exit !found }' \
            <<<"$_hrctl_words" && break
        command=
    done

    # the value of an option
    if [[ $prev == --* ]]; then
        case $prev in
            --role)     options="viewer hr head admin" ;;
            --active)   options="yes no" ;;
            --status)   options="completed archived failed processing all" ;;
            --sort)     options="created_at updated_at department position" ;;
            --format)   options="md docx xlsx json zip" ;;
            --lang)     options="ru en" ;;
            --output|--password-file|--current-file|--cacert|--database)
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return ;;
            --company|--prompts)
                mapfile -t COMPREPLY < <(compgen -d -- "$cur")
                return ;;
            *)
                if awk -F'\t' -v o="$prev" '$2 == o && $3 != "" { found = 1 } END { exit !found }' \
                    <<<"$_hrctl_words"; then
                    return
                fi
                options= ;;
        esac
        if [ -n "$options" ]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
            return
        fi
    fi

    if [[ $cur == -* ]]; then
        options=$(awk -F'\t' -v c="$command" '($1 == "" || $1 == c) && $2 != "" { print $2 }' \
                  <<<"$_hrctl_words")
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi

    case $command in
        maintenance)
            mapfile -t COMPREPLY < <(compgen -W "checkpoint optimize integrity_check vacuum rescore" -- "$cur") ;;
        "data check"|"prompt lint")
            mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        "backup verify"|"backup restore"|"profiles import")
            mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        '')
            options=$(awk -F'\t' -v n="${#words[@]}" -v first="${words[0]:-}" '
                $2 == "" { split($1, w, " "); if (n == 0) print w[1];
                           else if (n == 1 && w[1] == first) print w[2] }' <<<"$_hrctl_words")
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur" | sort -u) ;;
    esac
}

complete -F _hrctl hrctl
