# Stores that were created with other parameters than the reference product's. Sourced by message-store-test.

# is_converted NAME STORE: all messages are there.
is_converted() {
    prepare "$1" "$2"
    convert "$1" || {
        tail -n 3 "$scratch/$1.err"
        return 1
    }
    start_new_server "/data/$1/target"
    equal "$(query_new "/data/$1/target" -c 'SELECT count(*) FROM messages')" "${3:-3000}"
}
show() { query_new "/data/$1/target" -c "SHOW $2"; }

test_parameters() {
    make_store checksums --data-checksums
    check 'a store with checksums is converted' is_converted checksums-made checksums
    check 'it has checksums again' equal "$(show checksums-made data_checksums)" on
    stop_new_server /data/checksums-made/target

    make_store segments --wal-segsize=64 --allow-group-access
    check 'a store with large WAL segments that its group may read is converted' is_converted segments-made segments
    check 'it has such segments again' equal "$(show segments-made wal_segment_size)" 64MB
    check 'its group may read it again' equal "$(stat -c %a "$data/segments-made/target/postgresql" \
        "$data/segments-made/target/postgresql/postgresql.auto.conf" | paste -sd' ')" '750 640'
    stop_new_server /data/segments-made/target

    superuser='odd name' make_store named --username='odd name'
    superuser='odd name' check 'a store with a superuser of another name is converted' is_converted named-made named
    superuser='odd name' stop_new_server /data/named-made/target

    make_store icu --locale-provider=icu --icu-locale=de --encoding=UTF8
    check 'a store with collations of ICU is converted' is_converted icu-made icu
    check 'it has that collation again' equal \
        "$(query_new /data/icu-made/target -c "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'mailsec'")" 'i|de'
    check 'its collation has the new version' equal \
        "$(query_new /data/icu-made/target -c "SELECT count(*) FROM pg_database WHERE datcollversion <> pg_database_collation_actual_version(oid)")" 0
    grep -q 'database mailsec: text is ordered in another way now' "$scratch/icu-made.err" || echo '    (ICU has the same order in both trees)'
    stop_new_server /data/icu-made/target

    # A newer initdb may enable checksums by default; the converted store must not get them from it.
    check 'a store without checksums stays without' is_converted plain old 3001
    check 'it has none' equal "$(show plain data_checksums)" off
    stop_new_server /data/plain/target
}
