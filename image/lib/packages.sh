# The Debian packages of every tree, in one place. Sourced, never run.

# suite_of RELEASE: Debian's name of a release number.
suite_of() {
    case $1 in
    12) echo bookworm ;;
    13) echo trixie ;;
    *) fail "no Debian release '$1' is known here: add it to image/lib/packages.sh" ;;
    esac
}

# The packages of an appliance; then the libraries of our programs, whose names differ between releases.
appliance_packages() {
    printf '%s\n' linux-image-cloud-amd64 initramfs-tools zstd kmod udev \
        systemd systemd-sysv systemd-resolved dbus polkitd openssh-server postfix \
        iproute2 procps diffutils less \
        libmount1 libblkid1 libsystemd0 libnftables1 nftables libpq5 libmilter1.0.1 libzstd1 liblzma5 libnewt0.52 libslang2
    case $1 in
    12) printf '%s\n' postgresql-15 libarchive13 libcurl4 libtinyxml2-9 libssl3 ;;
    13) printf '%s\n' postgresql-17 libarchive13t64 libcurl4t64 libtinyxml2-11 libssl3t64 ;;
    esac
}

# The packages that are needed to compile our programs.
compiler_packages() {
    printf '%s\n' g++ cmake ninja-build pkg-config ccache \
        libarchive-dev libssl-dev libmount-dev libblkid-dev libsystemd-dev libtinyxml2-dev \
        libcurl4-openssl-dev libzstd-dev liblzma-dev nlohmann-json3-dev libpq-dev libmilter-dev libnftables-dev \
        libnewt-dev libslang2-dev
}

# The packages that are needed to build and test, on the builder's own machine (Debian 12).
builder_packages() {
    compiler_packages 12
    printf '%s\n' mmdebstrap debian-archive-keyring xfsprogs e2fsprogs gdisk fdisk grub-pc-bin grub-common \
        openssl zstd curl openssh-client iproute2 \
        qemu-system-x86 qemu-utils dnsmasq-base nginx-light apache2-bin python3 python3-aiosmtpd python3-dnspython \
        systemd-container dbus polkitd attr acl tmux libcpputest-dev clang-format clang-tidy \
        clang libclang-rt-dev llvm mold \
        postgresql-15 xz-utils cpio libext2fs-dev libdivsufsort-dev \
        ansible-core haproxy openssh-server
}

# Accounts whose numbers must be the same in every release, because their files on the data partition outlive a
# release: NAME UID GID HOME. Created before the packages that use them, whose scripts then keep them.
fixed_accounts() {
    cat <<'ACCOUNTS'
messagebus 101 101 /nonexistent
sshd 102 102 /run/sshd
systemd-network 103 103 /
systemd-resolve 104 104 /
polkitd 107 107 /nonexistent
postgres 110 110 /var/lib/postgresql
postfix 111 111 /var/spool/postfix
mailsec 114 114 /var/lib/mailsec
ACCOUNTS
}
fixed_groups() {
    cat <<'GROUPS'
systemd-journal 105
_ssh 106
postdrop 112
ssl-cert 113
GROUPS
}
