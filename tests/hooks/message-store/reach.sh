# Stores that are not completely in their folder: refused with a reason that names the cause, and nothing outside is
# changed. Sourced by message-store-test.

# refused NAME PATTERN: checks that the rehearsal refuses the store before any server was started.
refused() {
    rehearsal=1 fails_with "$@" && equal "$(find "$data/outside" -name 'PG_17*' | wc -l)" 0
}

link_outside() { # NAME-BELOW-THE-DATA-DIRECTORY
    mkdir -p "$data/outside/$test_name"
    mv "$data/$test_name/source/postgresql/$1" "$data/outside/$test_name/moved"
    ln -s "/data/outside/$test_name/moved" "$data/$test_name/source/postgresql/$1"
}

test_reach() {
    local test_name setting
    mkdir -p "$data/outside"
    install -d -o 110 -g 110 "$data/outside/fast"
    make_store spread
    start_old_server /data/spread
    query_old /data/spread -c "CREATE TABLESPACE fast LOCATION '/data/outside/fast'"
    query_old /data/spread -c 'ALTER TABLE messages SET TABLESPACE fast'
    stop_old_server /data/spread
    prepare tablespace spread
    check 'a tablespace is refused by name' refused tablespace 'pg_tblspc/[0-9]* leads to /data/outside/fast.*DROP TABLESPACE'

    for test_name in pg_wal base/1 pg_hba.conf; do
        prepare "${test_name//\//-}"
        test_name=${test_name//\//-}
    done
    test_name=pg_wal link_outside pg_wal
    check 'a write-ahead log behind a link is refused' refused pg_wal 'pg_wal leads to /data/outside/.*Stop the store'
    test_name=base-1 link_outside base/1
    check 'a database behind a link is refused' refused base-1 'base/1 leads to /data/outside'
    test_name=pg_hba.conf link_outside pg_hba.conf
    check 'a settings file behind a link is refused' refused pg_hba.conf 'pg_hba.conf leads to /data/outside'
    prepare whole
    mv "$data/whole/source/postgresql" "$data/outside/whole"
    ln -s /data/outside/whole "$data/whole/source/postgresql"
    check 'a data directory behind a link is refused' refused whole 'behind a symbolic link'

    echo "work_mem = '5MB'" >"$data/outside/more.conf"
    for setting in "ssl_cert_file = '/etc/ssl/cert.pem'" "hba_file = '/data/outside/hba.conf'" "data_directory = '/data/outside/fast'" \
        "ident_file = '../outside.conf'"; do
        test_name=outside-${setting%% *}
        prepare "$test_name"
        echo "$setting" >>"$data/$test_name/source/postgresql/postgresql.conf"
        check "$setting is refused" refused "$test_name" "outside its data directory: ${setting%% *} = .*postgresql.conf"
    done
    for setting in "include '/data/outside/more.conf'" "include '/etc/not/there.conf'" "include_dir '/data/outside'"; do
        test_name=outside-include
        prepare $test_name
        echo "$setting" >>"$data/$test_name/source/postgresql/postgresql.conf"
        check "$setting is refused" refused "$test_name" '/data/outside\|/etc/not/there.conf'
        rm -r "${data:?}/$test_name"
    done
    prepare standby
    : >"$data/standby/source/postgresql/standby.signal"
    check 'a standby is refused' refused standby standby.signal
}
