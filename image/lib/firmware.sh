# Packs a system image into a signed firmware file with the vendor's tool, with a patch for the appliances that run
# the release before. Sourced; needs common.sh.

make_firmware() { # MANIFEST-TEMPLATE IMAGE OUTPUT
    local tool=$output/vendor/usr/bin/update-firmware
    [ -x "$tool" ] || fail "$tool is missing: run image/build"
    # Made at every build and fetched over loopback: a vendor would take the default level, ten times as slow.
    "$tool" build --level 6 --manifest "$1" --image "$2" \
        --patch-from "$old_version=$output/system-$old_version.img" --key "$output/keys/firmware-signing.key" \
        --certificate "$output/keys/firmware-signing.crt" --output "$3.new"
    mv "$3.new" "$3"
}
