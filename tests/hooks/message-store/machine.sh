# A machine with both releases in a folder, and the functions that all cases use. Sourced by message-store-test.

make_machine() {
    truncate -s 2G "$scratch/disk"
    mkfs.xfs -q -m reflink=1 "$scratch/disk"
    mkdir -p "$new" "$data" "$scratch/overlay"
    mount -o loop "$scratch/disk" "$data"
    mount -t tmpfs tmpfs "$scratch/overlay"
    mkdir -p "$scratch/overlay/"{upper,work}
    mount -t overlay -o "lowerdir=$new_tree,upperdir=$scratch/overlay/upper,workdir=$scratch/overlay/work" overlay "$new"
    mkdir -p "$new/data" "$new/usr/lib/mailsec" "$new/usr/lib/update-control/message-store"
    ln -sfn ../postgresql/17 "$new/usr/lib/mailsec/postgresql"
    mkdir -p "$new/usr/lib/update-control/hooks"
    cp "$hook/message-store" "$new/usr/lib/update-control/hooks/"
    cp "$hook/format-1-to-2.sql" "$hook/"*.sh "$product/rootfs-2.8.1.0/usr/share/mailsec/schema.sql" "$new/usr/lib/update-control/message-store/"
    for program in postgres pg_ctl pg_controldata pg_resetwal; do
        cp "$hook/run-in-old-system" "$new/usr/lib/update-control/message-store/$program"
    done
    mount --bind "$data" "$new/data"
    mount -t proc proc "$new/proc"
    mount --rbind /dev "$new/dev"
    mount -t tmpfs tmpfs "$new/run"
    mkdir -p "$old"
    mkdir -p "$scratch/old-overlay"
    mount -t tmpfs tmpfs "$scratch/old-overlay"
    mkdir -p "$scratch/old-overlay/"{upper,work}
    # An overlay only because a base tree has no /data to mount on.
    mount -t overlay -o "lowerdir=$old_tree,upperdir=$scratch/old-overlay/upper,workdir=$scratch/old-overlay/work" overlay "$old"
    mkdir -p "$old/data"
    mount --bind "$data" "$old/data"
}

rights=$(printf ',+%s' chown dac_override fowner fsetid setuid setgid setpcap sys_chroot)
in_new() { chroot "$new" "$@"; }
in_old() { chroot "$old" "$@"; }
as_postgres_in_old() { in_old setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
as_postgres_in_new() { in_new setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
old_programs=/usr/lib/postgresql/15/bin new_programs=/usr/lib/postgresql/17/bin

start_old_server() { # STORE
    as_postgres_in_old $old_programs/pg_ctl --silent --wait --pgdata="$1/postgresql" --log="$1/server.log" \
        --options="-c listen_addresses='' -c unix_socket_directories=$1 -c dynamic_shared_memory_type=mmap" start
}
stop_old_server() { as_postgres_in_old $old_programs/pg_ctl --silent --wait --pgdata="$1/postgresql" --mode=fast stop || true; }
start_new_server() { # STORE
    as_postgres_in_new $new_programs/pg_ctl --silent --wait --pgdata="$1/postgresql" --log="$1/server.log" \
        --options="-c listen_addresses='' -c unix_socket_directories=$1" start
}
stop_new_server() { as_postgres_in_new $new_programs/pg_ctl --silent --wait --pgdata="$1/postgresql" --mode=fast stop || true; }
query_old() { as_postgres_in_old psql -XAtq --set=ON_ERROR_STOP=1 --host="$1" --username="${superuser:-postgres}" --dbname="${database:-mailsec}" "${@:2}"; }
query_new() { as_postgres_in_new psql -XAtq --set=ON_ERROR_STOP=1 --host="$1" --username="${superuser:-postgres}" --dbname="${database:-mailsec}" "${@:2}"; }

# make_store FOLDER-OF-DATA [INITDB-ARGUMENTS]: makes a store with the schema and the messages of the old release.
make_store() {
    install -d -o 110 -g 110 "$data/$1"
    as_postgres_in_old $old_programs/initdb --pgdata="/data/$1/postgresql" --encoding=UTF8 --locale=C.UTF-8 \
        --auth=trust "${@:2}" >/dev/null
    start_old_server "/data/$1"
    as_postgres_in_old psql -Xq --host="/data/$1" --username="${superuser:-postgres}" --dbname=postgres \
        --command='CREATE DATABASE mailsec'
    query_old "/data/$1" --single-transaction <"$product/rootfs-2.8.0.0/usr/share/mailsec/schema.sql"
    stop_old_server "/data/$1"
}

make_old_store() {
    make_store old
    start_old_server /data/old
    # A recipient that contains a comma and a percent sign, as the filter writes it.
    query_old /data/old --command="INSERT INTO messages VALUES ('<odd@test>', 'a@b', '\"x%2Cy%25z\"@lan.test,second@lan.test',
        'odd', '12', '2026-02-03T04:05:06Z', '\\x00ff')"
    stop_old_server /data/old
}

# convert NAME: runs the hook on the reflink copy that prepare made, as a rehearsal if $rehearsal is set. Its output goes to
# $scratch.
prepare() { # NAME [STORE]
    install -d "$data/$1/target"
    cp -a --reflink=always "$data/${2:-old}" "$data/$1/source"
}
# Uses the same capabilities as the updater's sandbox.
convert() { # NAME
    in_new setpriv --no-new-privs --bounding-set="-all$rights" env ${rehearsal:+UPDATE_CONTROL_REHEARSAL=1} UPDATE_CONTROL_OLD_ROOT=/run/update-control/old-root /usr/lib/update-control/hooks/message-store \
        convert "${2:-1}" "${3:-2}" "/data/$1/source" "/data/$1/target" >"$scratch/$1.out" 2>"$scratch/$1.err" </dev/null
}

check() { # TEXT COMMAND...
    if "${@:2}"; then
        passed=$((passed + 1))
        echo "ok      $1"
    else
        failed=$((failed + 1))
        echo "FAILED  $1"
    fi
}
equal() {
    [ "$1" = "$2" ] || {
        printf '    expected: %s\n    found:    %s\n' "$2" "$1"
        return 1
    }
}
# fails_with NAME PATTERN: exit status 1, and the pattern in the last line on stderr.
fails_with() {
    local status=0
    convert "$1" || status=$?
    equal "$status" 1 || return 1
    tail -n 1 "$scratch/$1.err" | grep -q -- "$2" || equal "$(tail -n 1 "$scratch/$1.err")" "$2"
}

schema_of() { # STORE DATABASE
    as_postgres_in_new $new_programs/pg_dump --schema-only --host="$1" --dbname="$2" | grep -v '^\\\(un\)\?restrict '
}
