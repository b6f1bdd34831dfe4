# The results of a conversion, and its failures. Sourced by message-store-test.

test_conversion() {
    prepare good
    check 'a store that was shut down is converted' convert good || true
    check 'the last progress line says 100 percent' equal "$(tail -n 1 "$scratch/good.out")" 'progress 100 done'
    start_new_server /data/good/target
    check 'all messages are there' equal "$(query_new /data/good/target -c 'SELECT count(*) FROM messages')" 3001
    check 'each recipient has a row' equal \
        "$(query_new /data/good/target -c "SELECT string_agg(address, ' ' ORDER BY position) FROM recipients WHERE message_id = '<odd@test>'")" \
        '"x,y%z"@lan.test second@lan.test'
    check 'sizes and times have types' equal \
        "$(query_new /data/good/target -c "SET timezone = 'UTC'; SELECT size_bytes + 1, received_at, content FROM messages WHERE message_id = '<odd@test>'")" \
        '13|2026-02-03 04:05:06+00|\x00ff'
    check 'the store says format 2' equal "$(query_new /data/good/target -c 'SELECT version FROM store_format')" 2
    check 'the filter may write' equal "$(query_new /data/good/target -c "SELECT has_table_privilege('mailsec', 'messages', 'INSERT') AND has_table_privilege('mailsec', 'recipients', 'INSERT')")" t
    query_new /data/good/target -c 'CREATE DATABASE fresh'
    in_new sed '/^CREATE ROLE/d' /usr/lib/update-control/message-store/schema.sql |
        as_postgres_in_new psql -Xq --set=ON_ERROR_STOP=1 --host=/data/good/target --dbname=fresh
    check 'the schema is the one that 2.8.1.0 makes' equal "$(schema_of /data/good/target mailsec)" "$(schema_of /data/good/target fresh)"
    stop_new_server /data/good/target
    start_old_server /data/good/source
    check 'the source still opens in the old release, with all messages' equal \
        "$(query_old /data/good/source -c 'SELECT count(*) FROM messages')" 3001
    stop_old_server /data/good/source
}

test_copy_of_running_store() {
    start_old_server /data/old
    query_old /data/old -c "UPDATE messages SET subject = 'changed, not yet in the data files' WHERE message_id = '<odd@test>'"
    prepare running
    check 'a copy of a running store is recovered and converted' convert running || true
    check 'the running server was left alone' query_old /data/old -c "DELETE FROM messages WHERE message_id = 'none'"
    start_new_server /data/running/target
    check 'what was committed last is in it' equal \
        "$(query_new /data/running/target -c "SELECT subject FROM messages WHERE message_id = '<odd@test>'")" 'changed, not yet in the data files'
    stop_new_server /data/running/target
    stop_old_server /data/old
}
test_rehearsal() {
    start_old_server /data/old
    prepare rehearsed
    check 'a rehearsal converts a copy of the running store' rehearsed rehearsed
    prepare torn
    touch "$data/torn/source/postgresql/global/pg_control"
    check 'a checkpoint while the copy was made asks for another one' equal "$(rehearsed torn || echo $?)" 75
    check 'and says so' equal "$(tail -n 1 "$scratch/torn.err")" \
        'the running store wrote a checkpoint while the copy for the rehearsal was made'
    prepare unlucky
    rm "$data/unlucky/source/postgresql/pg_wal/"0*
    check 'a copy that cannot be recovered asks for another one, too' equal "$(rehearsed unlucky || echo $?)" 75
    stop_old_server /data/old
}
rehearsed() { rehearsal=1 convert "$1"; }

test_failures() {
    local file
    prepare odd-size
    start_old_server /data/odd-size/source
    query_old /data/odd-size/source -c "UPDATE messages SET size = 'twelve' WHERE message_id = '<odd@test>'"
    file=$(query_old /data/odd-size/source -c "SELECT pg_relation_filepath('messages')")
    stop_old_server /data/odd-size/source
    check 'a value that does not fit the new schema is named' fails_with odd-size 'conversion of the schema failed.*twelve'
    prepare damaged
    rm "$data/damaged/source/postgresql/$file"
    check 'a missing data file is named' fails_with damaged "pg_upgrade failed.*${file##*/}"
    prepare no-wal
    rm "$data/no-wal/source/postgresql/pg_wal/"0*
    check 'a missing write-ahead log is an error' fails_with no-wal 'recovery of the old store failed.*checkpoint'
    prepare empty
    rm "$data/empty/source/postgresql/PG_VERSION"
    check 'a folder without a store is an error' fails_with empty 'holds no PostgreSQL data directory'
    prepare in-use
    : >"$data/in-use/target/file"
    check 'a target that is not empty is an error' fails_with in-use 'is not empty'
    prepare foreign
    chown -R 1 "$data/foreign/source/postgresql"
    check 'files of another account are an error' fails_with foreign 'belongs to account 1'
    prepare unknown
    check 'unknown formats are an error' equal "$(convert unknown 2 3 || echo $?)" 64
    check 'no server is left running' equal "$(pgrep -c postgres)" 0
}
