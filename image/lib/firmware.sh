# Packs a system image into a signed firmware file with the vendor's tool. Sourced; needs common.sh.

make_firmware() { # MANIFEST-TEMPLATE IMAGE OUTPUT [OPTION-OF-UPDATE-FIRMWARE...]
    local manifest=$1 image=$2 firmware=$3
    shift 3
    local tool=$output/vendor/usr/bin/update-firmware
    [ -x "$tool" ] || fail "$tool is missing: run image/build"
    # --quick, because this firmware is made at every build and fetched over loopback. A vendor leaves it out.
    "$tool" build --quick --manifest "$manifest" --image "$image" --key "$output/keys/firmware-signing.key" \
        --certificate "$output/keys/firmware-signing.crt" --output "$firmware.new" "$@"
    mv "$firmware.new" "$firmware"
}

# The signed beginning of a firmware, for the disk of a new appliance: with it the appliance knows what was signed for the
# partition that it is delivered with, and which programs convert settings.
make_head() { # FIRMWARE TREE OUTPUT
    "$output/vendor/usr/bin/update-firmware" head --firmware "$1" \
        --trusted "$2/usr/share/update-control/firmware-keys" --output "$3"
}
