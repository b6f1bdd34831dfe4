# The administrator's settings inside the store are carried over, or logged. Sourced by message-store-test.

make_store_with_settings() {
    make_store set
    start_old_server /data/set
    query_old /data/set -c "ALTER SYSTEM SET work_mem = '77MB'" -c "ALTER SYSTEM SET log_line_prefix = 'it''s \\ %m '" \
        -c "ALTER SYSTEM SET old_snapshot_threshold = '1h'" -c "ALTER SYSTEM SET archive_mode = on" \
        -c "ALTER SYSTEM SET primary_conninfo = 'password=hidden'" \
        -c "ALTER SYSTEM SET wal_level = logical" -c "ALTER SYSTEM SET max_replication_slots = 20" \
        -c "ALTER SYSTEM SET archive_command = 'touch /data/set/archived'" \
        -c "ALTER ROLE mailsec SET work_mem = '5MB'" -c "ALTER DATABASE mailsec SET statement_timeout = '1h'" \
        -c "CREATE EXTENSION pg_trgm VERSION '1.5'"
    stop_old_server /data/set
    start_old_server /data/set
    query_old /data/set -c "SELECT count(pg_create_physical_replication_slot('reader_' || n)) FROM generate_series(1, 15) AS n" \
        -c "SELECT pg_create_logical_replication_slot('changes', 'pgoutput')" >/dev/null
    database=postgres query_old /data/set -c 'CREATE TABLE other AS SELECT generate_series(1, 100) AS n'
    stop_old_server /data/set
    rm -f "$data/set/archived" # made by the old server, which ran with its own settings
    cat >>"$data/set/postgresql/postgresql.conf" <<'END'
max_connections = 33
vacuum_defer_cleanup_age = 5
work_mem = 3MB
include 'conf.d/more.conf'
ssl = on
ssl_cert_file = 'certificates/server.crt'
ssl_key_file = 'certificates/server.key'
END
    install -d -o 110 -g 110 -m 700 "$data/set/postgresql/"{conf.d,certificates}
    echo "maintenance_work_mem = 99MB" >"$data/set/postgresql/conf.d/more.conf"
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=store -days 1 -keyout "$data/set/postgresql/certificates/server.key" \
        -out "$data/set/postgresql/certificates/server.crt" 2>/dev/null
    chmod 600 "$data/set/postgresql/certificates/server.key"
    chown -R 110:110 "$data/set/postgresql/"{conf.d,certificates}
    echo 'host all all 10.1.2.3/32 scram-sha-256' >>"$data/set/postgresql/pg_hba.conf"
    echo 'administrator root postgres' >>"$data/set/postgresql/pg_ident.conf"
}

setting() { query_new /data/set-made/target -c "SHOW $1"; }
told() { grep -q "$1" "$scratch/set-made.err"; }

test_settings() {
    local each
    make_store_with_settings
    check 'a store with settings in it is converted' is_converted set-made set
    for each in work_mem=77MB "log_line_prefix=it's \\ %m " max_connections=33 maintenance_work_mem=99MB ssl=on archive_mode=on; do
        check "${each%%=*} is as it was" equal "$(setting "${each%%=*}")" "${each#*=}"
    done
    check 'of two settings the last one is in force, and ALTER SYSTEM overrides both' equal \
        "$(query_new /data/set-made/target -c "SELECT sourcefile LIKE '%/postgresql.auto.conf' FROM pg_settings WHERE name = 'work_mem'")" t
    check 'a setting that the new release does not know is logged' told \
        "NOT carried over: old_snapshot_threshold = '1h' (ALTER SYSTEM): .*unrecognized configuration parameter"
    check 'also one in postgresql.conf' told "NOT carried over: vacuum_defer_cleanup_age = '5' (postgresql.conf)"
    check 'the old file is kept' grep -q '^vacuum_defer_cleanup_age' "$data/set-made/target/postgresql/postgresql.conf.update-old"
    check 'a replication slot is logged' told 'NOT carried over: reader_15'
    check 'a value that may be secret is carried over, and not logged' equal \
        "$(setting primary_conninfo) $(grep -c hidden "$scratch/set-made.err")" 'password=hidden 0'
    check 'nothing was archived' test ! -e "$data/set/archived"
    check 'the access rules are as before' equal "$(query_new /data/set-made/target -c \
        "SELECT count(*) FROM pg_hba_file_rules WHERE address = '10.1.2.3'")$(query_new /data/set-made/target -c \
        "SELECT count(*) FROM pg_ident_file_mappings")" 11
    check 'settings of a role and of a database are as before' equal "$(query_new /data/set-made/target -c \
        "SELECT string_agg(c, ' ' ORDER BY c) FROM pg_db_role_setting, unnest(setconfig) c")" 'statement_timeout=1h work_mem=5MB'
    check 'extensions are brought up to date' equal "$(query_new /data/set-made/target -c \
        "SELECT count(*) FROM pg_available_extensions WHERE installed_version <> default_version")" 0
    check 'every database has statistics' equal "$(database=postgres query_new /data/set-made/target -c \
        "SELECT count(*) FROM pg_stats WHERE tablename = 'other'")" 1
    stop_new_server /data/set-made/target

    prepare again set
    in_new timeout 8 env UPDATE_CONTROL_OLD_ROOT=/run/update-control/old-root /usr/lib/update-control/hooks/message-store \
        convert 1 2 /data/again/source /data/again/target >/dev/null 2>&1 || true
    rm -rf "${data:?}/again/target"
    mkdir "$data/again/target"
    check 'a run after an interrupted one carries them over, too' convert again
    check 'also those of ALTER SYSTEM' grep -q "^work_mem = '77MB'" "$data/again/target/postgresql/postgresql.auto.conf"

    make_store stubborn
    start_old_server /data/stubborn
    query_old /data/stubborn -c "ALTER ROLE ALL SET search_path = nowhere" \
        -c "ALTER DATABASE mailsec SET statement_timeout = '1ms'" \
        -c "ALTER DATABASE mailsec SET default_transaction_read_only = on"
    stop_old_server /data/stubborn
    prepare stubborn-made stubborn
    rm "$data/stubborn-made/source/postgresql/postgresql.conf"
    install -d -o 110 -g 110 -m 700 "$data/stubborn-made/source/postgresql/notes"
    ln -s notes "$data/stubborn-made/source/postgresql/more-notes"
    check 'settings of a database or a role do not affect the conversion, and postgresql.conf may be missing' \
        convert stubborn-made
    check 'a link that stays inside is carried over' test -d "$data/stubborn-made/target/postgresql/more-notes/."

    prepare wrong-access
    echo 'local all all no-such-method' >>"$data/wrong-access/source/postgresql/pg_hba.conf"
    check 'access rules that cannot be read are named' fails_with wrong-access 'pg_hba.conf, line [0-9]*: invalid authentication method'
    prepare no-library
    echo "shared_preload_libraries = 'no_such_library'" >>"$data/no-library/source/postgresql/postgresql.conf"
    rehearsal=1 check 'the reason names a library that the new release lacks' fails_with no-library 'settings of the old store: .*no_such_library'

    make_store broken
    start_old_server /data/broken
    query_old /data/broken -c 'CREATE EXTENSION pg_trgm' -c "UPDATE pg_proc SET probin = '\$libdir/gone' WHERE probin LIKE '%pg_trgm'"
    stop_old_server /data/broken
    prepare broken-made broken
    check 'the reason names a library that functions in the tables need' fails_with broken-made 'pg_upgrade failed: .*libdir/gone.*In database: mailsec'

    make_store closed
    start_old_server /data/closed
    for each in {1..40}; do
        query_old /data/closed -c "CREATE DATABASE a_closed_database_with_a_long_name_$each"
        query_old /data/closed -c "ALTER DATABASE a_closed_database_with_a_long_name_$each ALLOW_CONNECTIONS false"
    done
    stop_old_server /data/closed
    prepare closed-made closed
    check 'the reason contains what pg_upgrade wrote into a file' fails_with closed-made \
        'pg_upgrade failed: All non-template0 databases must allow connections.*a_closed_database_with_a_long_name_1;'
    check 'and does not name the file' equal "$(tail -n 1 "$scratch/closed-made.err" | grep -c '\.txt')" 0
    check 'and is bounded' test "$(tail -n 1 "$scratch/closed-made.err" | wc -c)" -lt 2100
}
