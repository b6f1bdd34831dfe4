# Makes trees reproducible, so that they depend only on their packages and our files, and similar between releases, so
# that patches are small: removes what is random, dated or secret, and unpacks what packages ship compressed (firmware is
# compressed anyway). Sourced; needs common.sh.

# Read by mmdebstrap, initramfs-tools, Python, passwd and cpio.
build_time=1767225600 # also in the file systems made here
export SOURCE_DATE_EPOCH=$build_time

# in_tree TREE COMMAND...: runs the command in the tree, in its own mount namespace, so that no mount stays behind.
in_tree() {
    local tree=$1
    shift
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --mount --propagation private bash -c '
        set -e
        tree=$1; shift
        mount -t proc proc "$tree/proc"
        mount --rbind /dev "$tree/dev"
        mount -t tmpfs tmpfs "$tree/run"
        exec chroot "$tree" "$@"' in-tree "$tree" "$@"
}

# normalize_tree TREE: the last step in making a tree.
normalize_tree() {
    local tree=$1
    remove_secrets "$tree"
    normalize_alias_map "$tree/etc/aliases.db"
    unpack_kernel_modules "$tree"
    in_tree "$tree" update-initramfs -u -k all
    normalize_initrds "$tree"
    remove_traces_of_building "$tree"
}

# Removes keys that packages generate at installation: in an image they would be the same on every appliance.
remove_secrets() { # TREE
    rm -f "$1"/etc/ssh/ssh_host_*_key "$1"/etc/ssh/ssh_host_*_key.pub \
        "$1/etc/ssl/private/ssl-cert-snakeoil.key" "$1/etc/ssl/certs/ssl-cert-snakeoil.pem"
    find "$1/etc/ssl/certs" -lname ssl-cert-snakeoil.pem -delete
}

# Removes logs, caches, temporary files and backup copies.
remove_traces_of_building() { # TREE
    local tree=$1
    rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/var/cache/debconf/*-old "$tree"/tmp/* \
        "$tree"/var/tmp/* "$tree"/run/* "$tree"/var/cache/ldconfig/* "$tree"/var/backups/* \
        "$tree"/var/lib/dpkg/*-old \
        "$tree"/etc/{passwd,shadow,group,gshadow,subuid,subgid}- "$tree/root/.wget-hsts"
    find "$tree/var/log" -type f -delete
    if [ -f "$tree/var/cache/debconf/config.dat" ]; then # names of temporary files
        sed -i -E '/^ NEW = \/tmp\//s/\.[[:alnum:]]{6}$/.XXXXXX/' "$tree/var/cache/debconf/config.dat"
    fi
}

# Postfix writes the time into its alias map. Berkeley DB (db_page.h) writes a unique id into the page that describes
# the table (DBMETA: magic number at 12, 20 bytes of uid at 52), and leaves uninitialized memory in an empty page (PAGE:
# at 20 no entries, and free space up to the end of the page; the header has 26 bytes). Nothing reads these bytes.
normalize_alias_map() { # FILE
    local file=$1 page_bytes=4096 page
    [ -f "$file" ] || return 0
    LC_ALL=C sed -i -E "s/[0-9]{10}(.YP_LAST_MODIFIED)/$build_time\\1/" "$file"
    for ((page = 0; page < $(stat -c %s "$file"); page += page_bytes)); do
        if [ "$(od -An -tx4 -j $((page + 12)) -N 4 "$file")" = ' 00061561' ]; then
            overwrite_with_zeros "$file" $((page + 52)) 20
        elif [ "$(od -An -tx4 -j $((page + 20)) -N 4 "$file")" = ' 10000000' ]; then
            overwrite_with_zeros "$file" $((page + 26)) $((page_bytes - 26))
        fi
    done
}
overwrite_with_zeros() { # FILE OFFSET BYTES
    dd if=/dev/zero of="$1" bs=1 seek="$2" count="$3" conv=notrunc status=none
}

# A module that is compressed by itself changes completely when one byte of it changes.
unpack_kernel_modules() { # TREE
    local tree=$1 folder
    find "$tree/usr/lib/modules" -name '*.ko.xz' -print0 | xargs -0 -r xz --decompress
    for folder in "$tree"/usr/lib/modules/*; do
        chroot "$tree" depmod "${folder##*/}"
    done
}

normalize_initrds() { # TREE
    local initrd
    for initrd in "$1"/boot/initrd.img-*; do
        [ ! -f "$initrd" ] || normalize_initrd "$1" "/boot/${initrd##*/}"
    done
}

# The kernel unpacks cpio archives one after the other, with zeros between them (Documentation/driver-api/
# early-userspace/buffer-format). So each larger file gets its own archive, uncompressed and aligned to the block size:
# an unchanged file yields the same blocks, a changed one a small patch.
normalize_initrd() { # TREE INITRD-IN-TREE
    local tree=$1 initrd=$2 work part large
    work=$(mktemp -d "$(realpath "$tree")/tmp/initrd.XXXXXX")
    chroot "$tree" unmkinitramfs "$initrd" "/tmp/${work##*/}/parts"
    mkdir "$work/all"
    # unmkinitramfs unpacks several archives into folders early, early2, …, main; later ones win.
    if [ -d "$work/parts/main" ]; then
        for part in "$work"/parts/*; do
            cp -a "$part/." "$work/all/"
        done
    else
        mv "$work/parts/"* "$work/all/"
    fi
    find "$work/all" -exec touch --no-dereference --date="@$build_time" '{}' +
    (
        cd "$work/all"
        archive() { cpio --quiet --create --format=newc --reproducible --owner=0:0; }
        block=4096
        pad() { truncate -s "%$block" "$work/new"; }
        find . -mindepth 1 \( ! -type f -o -size -16k \) | LC_ALL=C sort | archive >"$work/new"
        pad
        find . -type f ! -size -16k | LC_ALL=C sort >"$work/large"
        while read -r large; do
            archive <<<"$large" >>"$work/new"
            pad
        done <"$work/large"
    )
    cat "$work/new" >"$tree$initrd"
    rm -rf "$work"
}
