# Makes the tree of a Debian release with all packages of the appliance. Nothing in it is ours except the fixed
# accounts. Sourced by image/build; needs common.sh and packages.sh.

debian_sources() { # RELEASE
    local suite
    suite=$(suite_of "$1")
    printf 'deb %s/debian %s main\n' "$debian_mirror" "$suite"
    printf 'deb %s/debian %s-updates main\n' "$debian_mirror" "$suite"
    printf 'deb %s/debian-security %s-security main\n' "$debian_mirror" "$suite"
}

# Packages look accounts up by name, so they keep an account that exists with its number.
add_fixed_accounts() { # TREE
    local tree=$1 name uid gid home
    while read -r name uid gid home; do
        printf '%s:x:%s:%s::%s:/usr/sbin/nologin\n' "$name" "$uid" "$gid" "$home" >>"$tree/etc/passwd"
        printf '%s:!:19000::::::\n' "$name" >>"$tree/etc/shadow"
        printf '%s:x:%s:\n' "$name" "$gid" >>"$tree/etc/group"
    done < <(fixed_accounts)
    while read -r name gid; do
        printf '%s:x:%s:\n' "$name" "$gid" >>"$tree/etc/group"
    done < <(fixed_groups)
    sed -i 's|^\(postgres:.*\):/usr/sbin/nologin$|\1:/bin/bash|' "$tree/etc/passwd"
}

# Runs inside mmdebstrap, after the essential packages are installed and before the others.
prepare_package_installation() { # TREE
    local tree=$1
    add_fixed_accounts "$tree"
    mkdir -p "$tree/etc/postgresql-common" "$tree/etc/initramfs-tools/conf.d"
    # The installation creates no cluster: the product keeps its database in its own place.
    printf 'create_main_cluster = false\n' >"$tree/etc/postgresql-common/createcluster.conf"
    # The initrd is built once, later, when the tree contains our own scripts for it.
    mkdir -p "$tree/etc/kernel/postinst.d"
    printf '%s\n' 'postfix postfix/main_mailer_type select Local only' \
        'postfix postfix/mailname string appliance.test' \
        'postfix postfix/destinations string localhost' | chroot "$tree" debconf-set-selections
}

make_base_tree() { # RELEASE TARGET
    local release=$1 target=$2 packages
    packages=$(appliance_packages "$release" | paste -sd,)
    rm -rf "$target.new"
    mkdir -p "$(dirname "$target")"
    # PostgreSQL's JIT compiler (LLVM) takes 140 MB, and the appliance does not use it.
    debian_sources "$release" | mmdebstrap --mode=root --variant=minbase --include="$packages" \
        --aptopt='Apt::Install-Recommends "false"' \
        --dpkgopt=force-unsafe-io --dpkgopt=force-confold \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/bash-completion/*' \
        --dpkgopt='path-exclude=/usr/lib/x86_64-linux-gnu/libLLVM*' \
        --dpkgopt='path-exclude=/usr/lib/x86_64-linux-gnu/libz3.so*' \
        --dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/llvmjit*' \
        --dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/bitcode/*' \
        --essential-hook="'$image_folder/lib/mmdebstrap-hook' \"\$1\"" \
        "$(suite_of "$release")" "$target.new" -
    rm -rf "$target"
    mv "$target.new" "$target"
}

make_compiler_tree() { # RELEASE TARGET
    local release=$1 target=$2
    rm -rf "$target.new"
    mkdir -p "$(dirname "$target")"
    debian_sources "$release" | mmdebstrap --mode=root --variant=minbase --include="$(compiler_packages "$release" | paste -sd,)" \
        --aptopt='Apt::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        "$(suite_of "$release")" "$target.new" -
    rm -rf "$target"
    mv "$target.new" "$target"
}
