# Makes file system images and the appliance's disk: the partition table, GRUB, the first system and the data
# partition. Sourced by image/build; needs common.sh and reproducible.sh. Knows nothing of Debian or of what the systems hold.

system_image_bytes=$((640 * MiB))
system_partition_mib=1280
boot_partition_mib=64
data_partition_mib=6144
system_image_uuid=b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a001
boot_uuid=b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a002
data_uuid=b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a003

# The system partitions are mounted read-only, so their file system has no journal. Given the image of the release before,
# unchanged files keep their blocks.
make_system_image() { # TREE IMAGE [PREVIOUS-IMAGE]
    local tool=$output/vendor/usr/bin/update-image
    [ -x "$tool" ] || fail "$tool is missing: run image/build"
    "$tool" build --tree "$1" --output "$2" --size "$system_image_bytes" --uuid "$system_image_uuid" \
        --label system --time "$build_time" ${3:+--previous "$3"}
}

partition_first_sector() { sgdisk --info="$2" "$1" | sed -n 's/^First sector: \([0-9]*\).*/\1/p'; } # DISK NUMBER
partition_sectors() { sgdisk --info="$2" "$1" | sed -n 's/^Partition size: \([0-9]*\) sectors.*/\1/p'; }

make_partition_table() { # DISK
    local disk=$1
    rm -f "$disk"
    truncate -s $(((boot_partition_mib + 2 * system_partition_mib + data_partition_mib + 4) * MiB)) "$disk"
    sgdisk --clear \
        --new=1:0:+1M --typecode=1:ef02 --change-name=1:bios \
        --new=2:0:+${boot_partition_mib}M --typecode=2:8300 --change-name=2:boot \
        --new=3:0:+${system_partition_mib}M --typecode=3:8300 --change-name=3:system-a \
        --new=4:0:+${system_partition_mib}M --typecode=4:8300 --change-name=4:system-b \
        --new=5:0:+${data_partition_mib}M --typecode=5:8300 --change-name=5:data \
        "$disk"
}

# put_into_partition IMAGE DISK NUMBER: copies an image to the beginning of a partition; holes stay holes.
put_into_partition() {
    local first
    first=$(partition_first_sector "$2" "$3")
    dd if="$1" of="$2" bs=1M seek=$((first * 512)) oflag=seek_bytes conv=sparse,notrunc status=none
}

# little_endian NUMBER BYTES: as escapes for printf.
little_endian() {
    local value=$1 count=$2
    while ((count-- > 0)); do
        printf '\\x%02x' $((value & 255))
        value=$((value >> 8))
    done
}
patch_bytes() { # FILE OFFSET ESCAPES
    printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Does what grub-install does, without a device: core.img goes into the BIOS boot partition, boot.img into sector 0.
# The prefix names no disk, so GRUB uses the one that it was loaded from.
# Each image holds the sector where the next one begins (boot.S: kernel_sector at 0x5c; diskboot.S: the last entry
# of the block list, 12 bytes before the end of core.img's first sector).
install_boot_loader() { # DISK WORK-FOLDER
    local disk=$1 work=$2 modules=/usr/lib/grub/i386-pc first
    first=$(partition_first_sector "$disk" 1)
    grub-mkimage -O i386-pc -p '(,gpt2)/grub' -o "$work/core.img" \
        biosdisk part_gpt ext2 normal configfile linux loadenv test echo sleep reboot serial terminal boot \
        regexp probe setpci memrw
    [ "$(stat -c %s "$work/core.img")" -le $MiB ] || fail "GRUB's core.img is larger than its partition"
    patch_bytes "$work/core.img" $((512 - 12)) "$(little_endian $((first + 1)) 8)"
    cp "$modules/boot.img" "$work/boot.img"
    patch_bytes "$work/boot.img" $((0x5c)) "$(little_endian "$first" 8)"
    dd if="$work/boot.img" of="$disk" bs=1 count=440 conv=notrunc status=none
    dd if="$work/core.img" of="$disk" bs=512 seek="$first" conv=notrunc status=none
}

# The environment block: 1024 bytes, padded with '#' (GRUB manual, "Environment block").
write_grub_environment() { # FILE NAME=VALUE...
    local file=$1
    shift
    { printf '# GRUB Environment Block\n' && printf '%s\n' "$@"; } >"$file"
    head -c $((1024 - $(stat -c %s "$file"))) /dev/zero | tr '\0' '#' >>"$file"
}

make_boot_image() { # WORK-FOLDER -> WORK-FOLDER/boot.ext4
    local work=$1
    mkdir -p "$work/boot-tree/grub"
    cp "$image_folder/boot/grub.cfg" "$image_folder/boot/watchdog.cfg" "$work/boot-tree/grub/"
    write_grub_environment "$work/boot-tree/grub/grubenv" \
        default_slot=a try_slot= try_left=0 bootable_a=1 bootable_b=0
    truncate -s "${boot_partition_mib}M" "$work/boot.ext4"
    E2FSPROGS_FAKE_TIME=$build_time mkfs.ext4 -q -F -m 0 -L boot -U "$boot_uuid" -d "$work/boot-tree" "$work/boot.ext4"
}

# attach_partition DISK NUMBER: prints a loop device over that partition alone; the caller detaches it.
attach_partition() {
    losetup --show -f -o $(($(partition_first_sector "$1" "$2") * 512)) \
        --sizelimit $(($(partition_sectors "$1" "$2") * 512)) "$1"
}

# The generation of the first system: its /var, and the administrator's changes in etc/upper.
# The signed head of the image that is in the first slot, as an installation leaves it.
fill_data_partition() { # MOUNTED-DATA TREE ADMINISTRATOR-UPPER HEAD
    local data=$1 tree=$2 upper=$3 head=$4 generation name path
    generation=$data/generations/$old_version-1
    mkdir -p "$data/slots" "$generation/etc/work" "$generation/pin" "$data/update-control/images" "$data/shared"
    install -m 644 "$head" "$data/update-control/images/system-a.head"
    cp -a "$upper" "$generation/etc/upper"
    cp -a "$tree/var" "$generation/var"
    [ ! -d "$image_folder/product/administrator-var" ] || copy_over "$image_folder/product/administrator-var" "$generation/var"
    while read -r name path || [ -n "$name" ]; do
        case $name in '' | '#'*) continue ;; esac
        if [ -d "$generation$path" ]; then
            cp -a "$generation$path" "$data/shared/$name"
            find "$generation$path" -mindepth 1 -delete
        else
            mkdir -p "$data/shared/$name" "$generation$path"
        fi
    done <"$tree/usr/share/update-control/shared-places"
    mkdir -p "$data/shared/spool-updates/XPU" "$data/shared/spool-updates/firmware"
    ln -s "../generations/$old_version-1" "$data/slots/system-a"
}

make_disk() { # SYSTEM-IMAGE TREE ADMINISTRATOR-UPPER HEAD DISK
    local system_image=$1 tree=$2 upper=$3 head=$4 disk=$5 loop work=$output/disk-work
    rm -rf "$work"
    mkdir -p "$work/data"
    make_partition_table "$disk"
    make_boot_image "$work"
    put_into_partition "$work/boot.ext4" "$disk" 2
    install_boot_loader "$disk" "$work"
    put_into_partition "$system_image" "$disk" 3
    loop=$(attach_partition "$disk" 5)
    at_exit losetup -d "$loop"
    mkfs.xfs -q -f -m "reflink=1,uuid=$data_uuid" -L data "$loop"
    mount "$loop" "$work/data"
    at_exit umount "$work/data"
    fill_data_partition "$work/data" "$tree" "$upper" "$head"
    sync -f "$work/data"
}
