# Turns a release's base tree into the tree of our system: adds the programs, the vendor's and the product's files, and
# chooses the units that systemd starts. Sourced by image/build; needs common.sh and reproducible.sh.

# Nobody logs in at a console, packages never change in place, and the rest costs time at every boot.
unwanted_units='apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service
    fstrim.timer man-db.timer getty@tty1.service serial-getty@ttyS0.service console-getty.service getty-static.service
    systemd-logind.service systemd-pstore.service systemd-update-done.service ldconfig.service
    systemd-hwdb-update.service systemd-journal-catalog-update.service systemd-firstboot.service
    systemd-machine-id-commit.service systemd-random-seed.service systemd-binfmt.service
    systemd-networkd-persistent-storage.service systemd-timesyncd.service
    postgresql.service postfix-resolvconf.path postfix-resolvconf.service
    modprobe@drm.service modprobe@efi_pstore.service dev-hugepages.mount dev-mqueue.mount
    sys-kernel-debug.mount sys-kernel-tracing.mount kmod-static-nodes.service'

configure_base_system() { # TREE
    local tree=$1 unit
    cat >"$tree/etc/fstab" <<'FSTAB'
# The initramfs mounts all that is needed; these entries tell systemd. No root line: the kernel command line names
# the slot. `boot` is not mounted at boot: only the updater uses it.
PARTLABEL=data /data xfs defaults 0 0
tmpfs /tmp tmpfs mode=1777,nosuid,nodev 0 0
FSTAB
    mkdir -p "$tree/data" "$tree/etc/ssh/sshd_config.d"
    ln -sf ../run/systemd/resolve/stub-resolv.conf "$tree/etc/resolv.conf"
    # sshd reads keys from /etc, which the administrator can change; /root is part of the read-only image.
    cat >"$tree/etc/ssh/sshd_config.d/appliance.conf" <<'SSHD'
AuthorizedKeysFile /etc/ssh/authorized_keys/%u
PasswordAuthentication no
HostKey /etc/ssh/ssh_host_ed25519_key
KexAlgorithms curve25519-sha256
UseDNS no
SSHD
    rm -f "$tree"/vmlinuz.old "$tree"/initrd.img.old "$tree/etc/hostname" \
        "$tree/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$tree/etc/apt/apt.conf.d/99mmdebstrap"
    : >"$tree/etc/machine-id"
    sed -i 's/^root:[^:]*:/root:*:/' "$tree/etc/shadow"
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >"$tree/etc/hosts"
    mkdir -p "$tree/etc/systemd/journald.conf.d"
    printf '[Journal]\nStorage=persistent\nSystemMaxUse=64M\n' >"$tree/etc/systemd/journald.conf.d/appliance.conf"
    for unit in $unwanted_units; do
        ln -sf /dev/null "$tree/etc/systemd/system/$unit"
    done
    in_tree "$tree" systemctl --quiet enable systemd-networkd.service systemd-resolved.service ssh.service
    in_tree "$tree" systemctl --quiet set-default multi-user.target
}

copy_over() { # FOLDER TREE: folders that are links in the tree stay links
    tar -C "$1" --owner=0 --group=0 -cf - . | tar -C "$2" --keep-directory-symlink --no-overwrite-dir -xpf -
}

add_vendor_files() { # TREE VERSION KEYS
    local tree=$1 version=$2 keys=$3 control=$1/usr/share/update-control folder unit
    mkdir -p "$control/firmware-keys"
    install -m 644 "$image_folder/releases/$version/appliance.xml" "$control/appliance.xml"
    install -m 644 "$image_folder/releases/$version/held-units" "$control/held-units"
    install -m 644 "$keys/firmware-signing.crt" "$control/firmware-keys/vendor.pem"
    install -m 644 "$keys/download-ca.crt" "$control/download-ca.pem"
    for folder in rootfs-common "rootfs-$version"; do
        [ ! -d "$image_folder/product/$folder" ] || copy_over "$image_folder/product/$folder" "$tree"
    done
    for unit in $(sed -n 's/.*<unit name="\([^"]*\)".*/\1/p' "$control/appliance.xml"); do
        grep -qx "$unit" "$control/held-units" ||
            fail "releases/$version: $unit is in appliance.xml but not in held-units: it would run before the health gate"
    done
}

required_programs='usr/bin/update-control usr/lib/update-control/update-agent usr/lib/update-control/update-fetch
    usr/lib/update-control/with-content-lock usr/lib/update-control/update-notify usr/lib/update-control/update-support-bundle
    usr/lib/update-control/update-wizard usr/bin/update-hawkbit
    usr/lib/update-control/hooks/message-store usr/lib/update-control/hooks/etc usr/lib/update-control/hooks/var
    usr/lib/update-control/hooks/policy'

# Checks that every program finds its libraries in this tree.
check_programs() { # TREE
    local tree=$1 program
    for program in $required_programs; do
        [ -x "$tree/$program" ] || fail "/$program is missing: it was not built or not installed"
    done
    for program in $required_programs $(cd "$tree" && find usr/lib/mailsec -type f -perm /100 2>/dev/null); do
        [ "$(head -c 4 "$tree/$program" | tail -c 3)" = ELF ] || continue
        if chroot "$tree" ldd "/$program" | grep 'not found'; then
            fail "/$program needs libraries that the tree lacks: add their packages to image/lib/packages.sh"
        fi
    done
}

# Each way to send notices is a link: removing the link turns it off.
switch_on_notices() { # TREE
    mkdir -p "$1/etc/update-control/notify.d" "$1/etc/motd.d"
    ln -s /usr/share/update-control/notify.d/mail "$1/etc/update-control/notify.d/50-mail"
    ln -s /run/update-control/motd "$1/etc/motd.d/update-control"
}

# The boot loader arms a board's watchdog for a try only if the kernel of the image can take it over (boot/watchdog.cfg).
mark_boot_watchdog() { # TREE
    local driver=i6300esb
    if find "$1/lib/modules/" -name "$driver.ko*" | grep -q .; then
        : >"$1/usr/share/update-control/boot-watchdog-$driver"
    fi
}

make_system_tree() { # BASE PROGRAMS VERSION KEYS TARGET
    local base=$1 programs=$2 version=$3 keys=$4 target=$5
    rm -rf "$target"
    # -x: what is mounted in the tree is not part of it.
    cp -ax "$base" "$target"
    configure_base_system "$target"
    copy_over "$programs" "$target"
    add_vendor_files "$target" "$version" "$keys"
    if [ -x "$image_folder/product/setup-tree" ]; then
        "$image_folder/product/setup-tree" "$target" "$version"
    fi
    in_tree "$target" systemd-sysusers /usr/lib/sysusers.d/update-hawkbit.conf /usr/lib/sysusers.d/update-agent-check.conf
    check_programs "$target"
    switch_on_notices "$target"
    mark_boot_watchdog "$target"
    in_tree "$target" systemctl --quiet enable update-agent.service update-fetch.socket update-check.timer update-notify.path \
        update-settings.path update-control-verify.timer update-control-drained.service update-hawkbit.service
    normalize_tree "$target"
}
