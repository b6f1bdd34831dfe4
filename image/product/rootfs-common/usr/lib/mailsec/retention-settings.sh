# The retention settings, and which mail is older than they say. Sourced, never run; changes nothing.

retention_file=/etc/mailsec/retention.conf
retention_logs=/var/log/mailsec

# setting NAME: its days; 0, for ever, if it isn't there.
setting() {
    local value
    value=$(sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$retention_file" 2>/dev/null | tail -n 1)
    value=${value%%#*}
    value=${value%"${value##*[![:space:]]}"}
    if ! [[ ${value:=0} =~ ^[0-9]{1,5}$ ]]; then
        printf '%s: %s must be whole days, 0 for ever, not "%s"; nothing is deleted by it. Correct the line\n' \
            "$retention_file" "$1" "$value" >&2
        return 1
    fi
    echo $((10#$value))
}

query() { # ARGUMENT... of psql
    # Not /usr/bin/psql, a Perl program that only looks for this one: disk-use.d has little time.
    /usr/lib/mailsec/postgresql/bin/psql --no-psqlrc --quiet --tuples-only --no-align --host=/run/mailsec-store --username=postgres --dbname=mailsec \
        --set=ON_ERROR_STOP=1 "$@"
}

# older_than DAYS: the SQL condition on a row of messages, in both formats of the store.
older_than() {
    case $(query --command='SELECT version FROM store_format') in
    1) printf "received < to_char((now() - interval '%d days') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')" "$1" ;;
    2) printf "received_at < now() - interval '%d days'" "$1" ;;
    *) echo "the message store has a format that mail-retention doesn't know" >&2; return 1 ;;
    esac
}

# old_logs NAME DAYS: the log files NAME-DATE.log of days that are longer ago, one a line.
old_logs() {
    local oldest file
    oldest=$1-$(date -u -d "-$2 days" +%F).log
    for file in "$retention_logs/$1"-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].log; do
        if [ -f "$file" ] && [[ ${file##*/} < $oldest ]]; then
            printf '%s\n' "$file"
        fi
    done
}
