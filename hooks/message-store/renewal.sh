# Updates what pg_upgrade keeps as in the old release although the new one differs: extensions, indexes whose order comes
# from the C library or ICU, statistics. In every database. Sourced by message-store.

databases() { query template1 --command='SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1'; }

# quoted IDENTIFIER
quoted() { printf '"%s"' "${1//\"/\"\"}"; }

renew_what_depends_on_the_release() {
    local name
    progress 82 'bring extensions, indexes and statistics up to date'
    databases >"$work/databases"
    while IFS= read -r name; do
        update_extensions "$name"
        rebuild_indexes_of_another_order "$name"
    done <"$work/databases"
    logged 'ANALYZE failed' in_session "$new_programs/vacuumdb" --all --analyze-only --quiet --host="$work" \
        --username="$superuser" --maintenance-db=template1
}

# An extension that cannot be updated still works as it is: otherwise pg_upgrade would have refused it.
update_extensions() { # DATABASE
    local extension
    query "$1" --command='SELECT name FROM pg_available_extensions WHERE installed_version <> default_version' \
        >"$work/extensions"
    while IFS= read -r extension; do
        if query "$1" --command="ALTER EXTENSION $(quoted "$extension") UPDATE" </dev/null 2>"$work/extension"; then
            printf 'extension %s of database %s: brought up to date\n' "$extension" "$1" >&2
        else
            printf 'warning: extension %s of database %s: NOT brought up to date: %s\n' "$extension" "$1" \
                "$(telling_line "$work/extension")" >&2
        fi
    done <"$work/extensions"
}

# If the order of text has changed, an index misses rows. Collations C and C.UTF-8 have no version and never change.
rebuild_indexes_of_another_order() { # DATABASE
    local changed
    changed=$(query "$1" --command="
        SELECT format('ALTER DATABASE %I REFRESH COLLATION VERSION;', datname) FROM pg_database
        WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)
        UNION ALL
        SELECT format('ALTER COLLATION %s REFRESH VERSION;', oid::regcollation) FROM pg_collation
        WHERE collversion <> pg_collation_actual_version(oid)")
    [ -n "$changed" ] || return 0
    printf 'database %s: text is ordered in another way now, rebuilding its indexes\n' "$1" >&2
    logged "rebuilding the indexes of $1 failed" query "$1" --command="REINDEX DATABASE $(quoted "$1")" \
        --command="$changed"
}
