# Shared by the image builder's scripts: paths, messages, logs of steps, which steps are up to date, and cleanup at the
# end. Sourced, never run; it builds nothing itself.

set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

image_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(dirname "$image_folder")
output=${UPDATE_CONTROL_BUILD:-$checkout/.build/image}
logs=$output/logs
mkdir -p "$output" "$logs" "$output/stamps"

# The mirror that apt on this machine uses; it serves all releases.
configured_mirror() {
    apt-get indextargets --format '$(REPO_URI)' |
        awk '/\/debian\/$/ && !found { sub("/debian/$", ""); print; found = 1 }'
}
debian_mirror=${UPDATE_CONTROL_MIRROR:-$(configured_mirror)}
[ -n "$debian_mirror" ] || {
    echo "image builder: apt knows no Debian mirror here; run apt-get update, or set UPDATE_CONTROL_MIRROR to its address" >&2
    exit 1
}
old_version=2.8.0.0
new_version=2.8.1.0
point_version=2.8.1.1
MiB=$((1024 * 1024))

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*" >&2; }

fail() {
    printf 'image builder: %s\n' "$*" >&2
    exit 1
}

# Cleanup commands of this shell or scope. They run when it ends, for whatever reason, the last registered one first.
undo_commands=()
at_exit() { undo_commands+=("$(printf '%q ' "$@")"); }
run_undo_commands() {
    local status=$? index
    trap - EXIT
    [ "$BASHPID" != "$$" ] || stop_background_steps
    for ((index = ${#undo_commands[@]} - 1; index >= 0; index--)); do
        if ! eval "${undo_commands[index]}"; then
            printf 'image builder: cleanup failed: %s\n' "${undo_commands[index]}" >&2
            [ "$status" -ne 0 ] || status=1
        fi
    done
    exit "$status"
}
# Each step has its own process group (set -m below); its shell cleans up when its command has ended.
stop_background_steps() {
    local process
    for process in $(jobs -p); do
        kill -TERM -- "-$process" 2>/dev/null || true
    done
    wait
}
trap run_undo_commands EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start_logged LOG COMMAND...: starts the command in the background, in its own scope, with its output in the log. On
# success a line "BEGIN END NAME" (seconds since 1970) is appended to $output/timings.
# Do not use it in a condition: bash would then continue after errors inside it.
start_logged() {
    local log=$logs/$1 name=${1%.log}
    shift
    set -m
    (
        set +m
        undo_commands=()
        trap run_undo_commands EXIT
        trap 'exit 143' TERM
        began=$EPOCHREALTIME
        "$@"
        printf '%s %s %s\n' "$began" "$EPOCHREALTIME" "$name" >>"$output/timings"
    ) </dev/null >"$log" 2>&1 &
    set +m
}

# finish LOG PROCESS: waits for the process; if it failed, shows the end of the log and exits.
finish() {
    if ! wait "$2"; then
        tail -n 25 "$logs/$1" | sed 's/^/    /' >&2
        fail "a step failed; its whole output is in $logs/$1"
    fi
}

# logged LOG COMMAND...: start_logged, then finish.
logged() {
    start_logged "$@"
    finish "$1" $!
}

# hash_of PATH-OR-TEXT...: one hash over the contents of files and folders (names, modes, links included);
# an argument that is not a path is hashed as text. It decides whether a step runs again.
hash_of() {
    local argument
    for argument in "$@"; do
        if [ -d "$argument" ]; then
            (cd "$argument" && find . -mindepth 1 -printf '%P %y %m %l\n' | sort &&
                find . -type f -print0 | sort -z | xargs -0 -r sha256sum)
        elif [ -f "$argument" ]; then
            sha256sum <"$argument"
            stat -c %a "$argument"
        else
            printf 'text %s\n' "$argument"
        fi
    done | sha256sum | cut -d' ' -f1
}

# A step is up to date if its stamp holds the hash of its inputs and its result still exists.
is_fresh() { # STEP HASH RESULT
    [ -e "$3" ] && [ -f "$output/stamps/$1" ] && [ "$(cat "$output/stamps/$1")" = "$2" ]
}
forget() { rm -f "$output/stamps/$1"; }
remember() { printf '%s\n' "$2" >"$output/stamps/$1"; } # STEP HASH

# mount_until_exit ARGUMENTS-OF-MOUNT...: the target is the last argument.
mount_until_exit() {
    mount "$@"
    at_exit umount --recursive "${!#}"
}

require_root() { [ "$(id -u)" -eq 0 ] || fail "must run as root: it makes device nodes, mounts and chroots"; }
