# Examines the old store before the conversion and refuses what cannot be converted. Sourced by message-store.
# Starts the old release's server on the copy with this program's own settings only: those of the store refer to places and
# programs of the live system.

settings_aside=postgresql.auto.conf.set-aside

# Only what lies in the store's folder is copied, converted, and restored by a rollback.
check_reach() {
    local data=$source/postgresql link name found=''
    [ ! -L "$data" ] || fail "the message store lies behind a symbolic link, postgresql leads to $(readlink "$data"):" \
        "that cannot be converted. Stop the store, move its folder to the place of the link, start the store."
    [ -f "$data/PG_VERSION" ] || fail "$source holds no PostgreSQL data directory named 'postgresql'"
    while IFS= read -r -d '' link; do
        [[ $(realpath -m "$link") = "$data/"* ]] && continue
        name=${link#"$data/"}
        found+="${found:+, }$name leads to $(readlink "$link")"
    done < <(find "$data" -type l -print0 | sort -z)
    [ -z "$found" ] || fail "$(cut_to 1200 <<<"the message store reaches outside its folder by symbolic links: $found").
        $(advice_on_links "$found")"
    [ -z "$(ls -A "$data/pg_tblspc")" ] || fail "the message store has tablespaces of its own in pg_tblspc:" \
        "$(ls "$data/pg_tblspc" | one_line). $(advice_on_links pg_tblspc/)"
    for name in standby.signal recovery.signal backup_label; do
        [ ! -e "$data/$name" ] || fail "the message store has a file $name: it is a standby, or is being restored from a" \
            "backup. Finish that first."
    done
}

advice_on_links() { # WHICH
    local advice=''
    case $1 in *pg_tblspc/*)
        advice='Move what is in a tablespace back by ALTER TABLE ... SET TABLESPACE pg_default (ALTER INDEX, ALTER DATABASE),
            then DROP TABLESPACE; psql lists them by \db+.'
        ;;
    esac
    case $1 in *pg_wal*)
        advice+=' Stop the store, move the folder of its write-ahead log to pg_wal in the place of the link, start the store.'
        ;;
    esac
    printf '%s' "${advice:-Replace the links with the files themselves.}" | one_line
}

read_control_data() {
    control=$(as_postgres_with_old_programs "$share/pg_controldata" "$source/postgresql") ||
        fail "pg_controldata of the old system cannot read $source/postgresql/global/pg_control"
}
value_in() { sed -n "s/^$1: *//p" <<<"$2"; }

# The copy's birth time says when copying began; the old server records each checkpoint in pg_control. If a checkpoint ended
# after copying began, the copy may be a mixture of files from before and after it.
check_copy_of_running_store() {
    local copying_began checkpoint_noted
    [ -n "${UPDATE_CONTROL_REHEARSAL:-}" ] || return 0
    copying_began=$(stat -c %.9W "$source/postgresql" | tr -d .)
    checkpoint_noted=$(stat -c %.9Y "$source/postgresql/global/pg_control" | tr -d .)
    [ "$copying_began" -eq 0 ] || [ "$checkpoint_noted" -lt "$copying_began" ] ||
        exit_status=75 fail 'the running store wrote a checkpoint while the copy for the rehearsal was made'
}

# In a rehearsal the copy may be inconsistent: ask for another one.
old_server_failed() {
    [ -z "${UPDATE_CONTROL_REHEARSAL:-}" ] || exit_status=75
    fail "$@"
}

# Recovers a store that was copied from a running server (in a rehearsal) or that a power failure left behind.
start_old_server() {
    local state
    state=$(value_in 'Database cluster state' "$control")
    [ "$state" = 'shut down' ] || progress 5 "recover the old store (it was '$state')"
    # The file belongs to the server of the original store, which runs during a rehearsal and must not be stopped.
    rm -f "$source/postgresql/postmaster.pid"
    # An interrupted run may have done this already.
    [ ! -e "$source/postgresql/postgresql.auto.conf" ] ||
        mv "$source/postgresql/postgresql.auto.conf" "$source/postgresql/$settings_aside"
    as_postgres_with_old_programs "$share/pg_ctl" start --wait --timeout=3600 --pgdata="$source/postgresql" \
        --log="$work/old-server.log" --options="$old_server_options" </dev/null >"$work/output" 2>&1 || {
        cat "$work/old-server.log" "$work/output" >&2
        old_server_failed "recovery of the old store failed: $(telling_line "$work/old-server.log" "$work/output")"
    }
}

stop_old_server() {
    logged 'the old server does not stop' as_postgres_with_old_programs "$share/pg_ctl" stop --wait \
        --timeout=3600 --pgdata="$source/postgresql" --mode=fast
}

# The superuser that initdb created. If it is not named postgres, only the single-user mode, which needs no name, tells.
find_superuser() {
    local question='SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10'
    superuser=postgres
    superuser=$(query_old template1 --command="$question" 2>"$work/output") && return
    stop_old_server
    as_postgres_with_old_programs "$share/postgres" --single -D "$source/postgresql" -c config_file="$work/private.conf" \
        -c wal_level=logical -c max_replication_slots=1000 template1 <<<"$question" >"$work/single" 2>"$work/output" || true
    superuser=$(sed -n 's/^.*1: rolname = "\(.*\)"[[:space:]]*(typeid.*/\1/p' "$work/single")
    [ -n "$superuser" ] || fail "the old store does not say who its superuser is: $(telling_line "$work/single" "$work/output")"
    start_old_server
}

# The parameters that the new, empty store must share with the old one: otherwise pg_upgrade refuses, or other readers of
# its files lose access.
read_parameters() {
    parameters=(--username="$superuser" --wal-segsize="$segment_mib")
    file_mode=600
    if [ "$(value_in 'Data page checksum version' "$control")" != 0 ]; then
        parameters+=(--data-checksums)
    elif "$new_programs/initdb" --help | grep -q -- --no-data-checksums; then
        parameters+=(--no-data-checksums)
    fi
    case $(stat -c %a "$source/postgresql") in *[57]?)
        parameters+=(--allow-group-access)
        file_mode=640
        ;;
    esac
}
