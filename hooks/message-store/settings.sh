# Carries over the administrator's settings inside the store, which pg_upgrade leaves behind: ALTER SYSTEM,
# postgresql.conf, pg_hba.conf, pg_ident.conf, and files that these name. Sourced by message-store. The servers themselves
# read the files and check the values: nothing is parsed here. (The settings of ALTER ROLE and ALTER DATABASE are in the
# tables and are converted with them.)

# These name files that the server reads; a path relative to the data directory stays valid.
location_settings=' data_directory hba_file ident_file ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file ssl_crl_dir
 ssl_dh_params_file krb_server_keyfile '

# The settings in FILE and its includes, as the old server reads them: file, name, value, error, each ended by a zero byte.
# If a name is set several times, the last one is in force.
settings_in() { # FILE
    printf "include '%s'\n" "$1" >"$work/asked.conf"
    query_old template1 --field-separator-zero --record-separator-zero --command="
        SELECT coalesce(sourcefile, ''), coalesce(name, ''), coalesce(setting, ''),
               CASE WHEN name IS NULL THEN coalesce(error, '') ELSE '' END
        FROM pg_catalog.pg_file_settings WHERE seqno IN (
            SELECT max(seqno) FROM pg_catalog.pg_file_settings
            WHERE sourcefile NOT IN ('$work/private.conf', '$work/asked.conf') OR name IS NULL
            GROUP BY coalesce(name, seqno::text)) ORDER BY seqno"
}

# read_settings ARRAY FILE: fills the array with names and values in turn. Refuses paths outside the data directory.
read_settings() {
    local -n into=$1
    local file name value error data=$source/postgresql
    into=()
    [ -e "$data/$2" ] || return 0
    settings_in "$data/$2" >"$work/settings"
    while IFS= read -r -d '' file && IFS= read -r -d '' name && IFS= read -r -d '' value && IFS= read -r -d '' error; do
        [ -z "$error" ] || fail "the message store's ${2%.set-aside} cannot be read: $error. Correct it; files that it" \
            "includes must lie in the data directory."
        [[ $file = "$data/"* ]] || fail "the message store reaches outside its data directory: ${2%.set-aside} includes" \
            "$file, which is not converted. Put those settings into postgresql.conf itself."
        if [[ $location_settings = *[[:space:]]"$name"[[:space:]]* && ($value = /* || /$value/ = */../*) ]]; then
            fail "the message store reaches outside its data directory: $name = '$value' (${2%.set-aside}). Files" \
                "there are not converted. Put the file into the data directory and name it by a path relative to that," \
                "such as ALTER SYSTEM SET $name = '${value##*/}', or reset it: ALTER SYSTEM RESET $name."
        fi
        into+=("$name" "$value")
    done <"$work/settings"
    : >"$work/asked.conf"
}

read_old_settings() {
    read_settings conf_settings postgresql.conf
    read_settings auto_settings "$settings_aside"
    # A subscriber that reads the store's changes through a slot must start over with a new cluster.
    query_old template1 --command="SELECT 'warning: replication slot NOT carried over: ' || slot_name FROM pg_replication_slots" >&2
}

accepted_by_new() { # NAME=VALUE...
    local arguments=() setting
    for setting in "$@"; do arguments+=(-c "$setting"); done
    as_postgres "$new_programs/postgres" -D "$target/postgresql" -C data_directory "${arguments[@]}" \
        >/dev/null 2>"$work/judgement"
}

# shown NAME VALUE: the setting as the log shows it, without a value that may be secret.
shown() {
    case $1 in
    *conninfo* | *command* | *pass* | *secret* | *key*) printf '%s' "$1" ;;
    *) printf "%s = '%s'" "$1" "$2" ;;
    esac
}

# write_accepted ARRAY FROM: prints the settings as lines of a settings file. Those that the new release rejects are logged.
write_accepted() {
    local -n list=$1
    local index all=() name value
    for ((index = 0; index < ${#list[@]}; index += 2)); do all+=("${list[index]}=${list[index + 1]}"); done
    [ ${#all[@]} -gt 0 ] || return 0
    accepted_by_new "${all[@]}" && all=()
    for ((index = 0; index < ${#list[@]}; index += 2)); do
        name=${list[index]} value=${list[index + 1]}
        if [ ${#all[@]} -gt 0 ] && ! accepted_by_new "$name=$value"; then
            printf 'warning: setting NOT carried over: %s (%s): %s\n' "$(shown "$name" "$value")" "$2" \
                "$(telling_line "$work/judgement")" >&2
            continue
        fi
        printf 'setting carried over: %s (%s)\n' "$(shown "$name" "$value")" "$2" >&2
        value=${value//\\/\\\\} value=${value//$'\n'/\\n}
        printf "%s = '%s'\n" "$name" "${value//\'/\'\'}"
    done
}

put() { # FILE-OF-TARGET: writes the file from standard input
    cat >"$work/put"
    install -o postgres -g postgres -m "$file_mode" "$work/put" "$target/postgresql/$1"
}

# Copies certificates, keys, files that pg_hba.conf names, and all other files that the server did not create itself.
carry_other_files() {
    local entry name
    for entry in "$source/postgresql"/* "$source/postgresql"/.[!.]*; do
        name=${entry##*/}
        [ -e "$entry" ] || continue
        case $name in
        PG_VERSION | base | global | pg_hba.conf | pg_ident.conf | pg_commit_ts | pg_dynshmem | pg_logical | pg_multixact | \
            pg_notify | pg_replslot | pg_serial | pg_snapshots | pg_stat | pg_stat_tmp | pg_subtrans | pg_tblspc | \
            pg_twophase | pg_wal | pg_xact | postgresql.conf | postgresql.auto.conf | "$settings_aside" | \
            postmaster.* | current_logfiles | *.old | core | core.*) ;;
        *)
            [ ! -e "$target/postgresql/$name" ] || continue
            printf 'carried over: %s in the data directory\n' "$name" >&2
            cp -a --reflink=auto "$entry" "$target/postgresql/$name"
            ;;
        esac
    done
}

carry_settings() {
    local old_version
    old_version=$(<"$source/postgresql/PG_VERSION")
    progress 84 'carry over the settings inside the store'
    carry_other_files
    {
        cat "$target/postgresql/postgresql.conf"
        printf '\n# Carried over from PostgreSQL %s; its file is postgresql.conf.update-old.\n' "$old_version"
        write_accepted conf_settings postgresql.conf
    } | put postgresql.conf
    # A store whose settings are outside its folder has no such file.
    [ ! -f "$source/postgresql/postgresql.conf" ] ||
        put postgresql.conf.update-old <"$source/postgresql/postgresql.conf"
    {
        printf '# Do not edit this file manually!\n# It will be overwritten by the ALTER SYSTEM command.\n'
        write_accepted auto_settings 'ALTER SYSTEM'
    } | put postgresql.auto.conf
    carry_access_rules
}

# The running server has read the old files already, so this program keeps its access.
carry_access_rules() {
    local file wrong
    for file in pg_hba.conf pg_ident.conf; do
        [ ! -f "$source/postgresql/$file" ] || put $file <"$source/postgresql/$file"
    done
    wrong=$(query template1 --command="
        SELECT 'pg_hba.conf, line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL
        UNION ALL
        SELECT 'pg_ident.conf, line ' || line_number || ': ' || error FROM pg_ident_file_mappings WHERE error IS NOT NULL")
    [ -z "$wrong" ] || fail "the new PostgreSQL cannot read the store's access rules: $(one_line <<<"$wrong" | cut_to 1200)." \
        'Change these lines so that both releases can read them.'
}

# Starts the new server with all settings together, as the new system will, but with little memory and reachable by nobody.
# Only in a rehearsal: later the new system starts it anyway, and mail waits.
prove_settings() {
    local quiet="-c listen_addresses='' -c unix_socket_directories='$work' -c shared_buffers=32MB -c huge_pages=off
        -c dynamic_shared_memory_type=mmap -c logging_collector=off -c log_destination=stderr -c external_pid_file=''
        -c archive_mode=off -c max_worker_processes=0 -c jit=off"
    [ -n "${UPDATE_CONTROL_REHEARSAL:-}" ] || return 0
    progress 92 'start the new server with the settings that were carried over'
    logged 'the new server does not start with the settings of the old store' as_postgres "$new_programs/pg_ctl" start \
        --wait --timeout=600 --pgdata="$target/postgresql" --log="$work/proof.log" \
        --options="$(one_line <<<"$quiet")"
    stop_new_server
}
