# Why a program of PostgreSQL failed, in one line. Sourced by message-store. What such a program leaves in files goes
# with the conversion's folder, so a reason must never be the name of one of them.

max_reason_bytes=1800
max_list_bytes=1200

# one_line: its input with every run of blanks and line breaks as one blank.
one_line() { tr -s '[:space:]' ' ' | sed 's/^ //;s/ $//'; }

# cut_to BYTES: what is longer ends in dots.
cut_to() {
    local text
    text=$(head -c "$(($1 + 1))")
    [ "${#text}" -le "$1" ] || text=${text:0:$(($1 - 4))}' ...'
    printf '%s' "$text"
}

# The most telling line: the last one that a server marked as an error, then what the program writes before it gives
# up, then the last of all.
telling_line() { # FILE...
    local pattern line
    for pattern in '(FATAL|PANIC|ERROR|error|fatal): ' 'error while |could not ' '[^[:space:]]'; do
        line=$(cat "$@" | grep -av '^Failure, exiting$' | grep -aE "$pattern" | tail -n 1) || continue
        printf '%s' "$line" | cut_to "$max_reason_bytes"
        return
    done
    printf 'it said nothing'
}

# What pg_upgrade says when it gives up: all between the last check and "Failure, exiting".
last_paragraph() { # OUTPUT
    grep -aqx 'Failure, exiting' "$1" || return 0
    tac "$1" | sed -n '/^Failure, exiting$/,$p' | sed '1d;/[[:space:]]\(ok\|fatal\|warning\)$/,$d' | tac
}

# The lists that it wrote: "databases_with_datallowconn_false: old, older".
lists_of_pg_upgrade() {
    local file name
    while IFS= read -r -d '' file; do
        name=${file##*/}
        printf ' %s: %s' "${name%.txt}" "$(sed 's/^[[:space:]]*//;s/[[:space:]]*$//;/^$/d' "$file" | paste -sd ';' | sed 's/;/; /g')"
    done < <(find "$target/postgresql/pg_upgrade_output.d" -name '*.txt' -size +0 -print0 2>/dev/null | sort -z)
}

# In what pg_upgrade says, the lists stand instead of the names of their files.
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

# logged WHAT COMMAND...: its output goes to the log; when it fails, the reason begins with WHAT.
logged() {
    local what=$1 output=$work/output
    shift
    if "$@" </dev/null >"$output" 2>&1; then
        cat "$output" >&2
        return
    fi
    # pg_ctl and pg_upgrade keep what their servers said in files; without it "failed" is all one would know.
    find "$target" -name '*.log' -size +0 -newer "$work/begun" -exec tail -n 15 {} \; >"$work/server-output" ||
        true
    cat "$work/server-output" "$output" >&2
    if [ "$1" = as_postgres_with_old_programs ] && [ "${2##*/}" = pg_upgrade ]; then
        fail "$what: $(reason_of_pg_upgrade "$output" "$work/server-output")"
    fi
    fail "$what: $(telling_line "$work/server-output" "$output")"
}
