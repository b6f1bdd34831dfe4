# Says in one line why a program of PostgreSQL failed. Sourced by message-store. The files that such a program writes are
# deleted with the conversion's folder, so a reason must not refer to them.

max_reason_bytes=1800
max_list_bytes=1200

# one_line: replaces every run of blanks and line breaks in its input by one blank.
one_line() { tr -s '[:space:]' ' ' | sed 's/^ //;s/ $//'; }

# cut_to BYTES: truncates its input, which then ends in dots.
cut_to() {
    local text
    text=$(head -c "$(($1 + 1))")
    [ "${#text}" -le "$1" ] || text=${text:0:$(($1 - 4))}' ...'
    printf '%s' "$text"
}

# The line that says most: the last one that a server marked as an error, otherwise what the program wrote before it gave
# up, otherwise the last one.
telling_line() { # FILE...
    local pattern line
    for pattern in '(FATAL|PANIC|ERROR|error|fatal): ' 'error while |could not ' '[^[:space:]]'; do
        line=$(cat "$@" | grep -av '^Failure, exiting$' | grep -aE "$pattern" | tail -n 1) || continue
        printf '%s' "$line" | cut_to "$max_reason_bytes"
        return
    done
    printf 'it said nothing'
}

# The message of pg_upgrade when it gives up: everything between the last check and "Failure, exiting".
last_paragraph() { # OUTPUT
    grep -aqx 'Failure, exiting' "$1" || return 0
    tac "$1" | sed -n '/^Failure, exiting$/,$p' | sed '1d;/[[:space:]]\(ok\|fatal\|warning\)$/,$d' | tac
}

# The lists that pg_upgrade wrote into files: "databases_with_datallowconn_false: old, older".
lists_of_pg_upgrade() {
    local file name
    while IFS= read -r -d '' file; do
        name=${file##*/}
        printf ' %s: %s' "${name%.txt}" "$(sed 's/^[[:space:]]*//;s/[[:space:]]*$//;/^$/d' "$file" | paste -sd ';' | sed 's/;/; /g')"
    done < <(find "$target/postgresql/pg_upgrade_output.d" -name '*.txt' -size +0 -print0 2>/dev/null | sort -z)
}

# The message of pg_upgrade, with its lists instead of the names of their files.
reason_of_pg_upgrade() { # OUTPUT SERVER-OUTPUT
    local said lists
    said=$(last_paragraph "$1" | sed '/^[[:space:]]*\/.*\.txt$/d' | one_line)
    lists=$(lists_of_pg_upgrade | one_line | cut_to "$max_list_bytes")
    if [ -n "$lists" ]; then
        printf '%s %s' "$(cut_to $((max_reason_bytes - max_list_bytes)) <<<"$said")" "$lists"
    elif [ -z "$said" ] || grep -q 'Consult the last few lines of' <<<"$said"; then
        telling_line "$2" "$1"
    else
        printf '%s' "$said" | cut_to "$max_reason_bytes"
    fi
}

# What a program that succeeded wrote is for the curious, but for the warnings of a server.
at_its_level() { sed -E '/(^|[^[:alpha:]])WARNING: /{s/^/warning: /;b};s/^/debug: /'; }

# logged WHAT COMMAND...: runs the command with its output in the log; if it fails, the reason begins with WHAT.
logged() {
    local what=$1 output=$work/output
    shift
    if "$@" </dev/null >"$output" 2>&1; then
        at_its_level <"$output" >&2
        return
    fi
    # pg_ctl and pg_upgrade write their servers' messages to files; without these the reason would only be "failed".
    find "$target" -name '*.log' -size +0 -newer "$work/begun" -exec tail -n 15 {} \; >"$work/server-output" ||
        true
    cat "$work/server-output" "$output" >&2
    if [ "$1" = as_postgres_with_old_programs ] && [ "${2##*/}" = pg_upgrade ]; then
        fail "$what: $(reason_of_pg_upgrade "$output" "$work/server-output")"
    fi
    fail "$what: $(telling_line "$work/server-output" "$output")"
}
