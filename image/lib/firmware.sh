# Packs a system image into a signed firmware file with the vendor's tool. Sourced; needs common.sh.

make_firmware() { # MANIFEST-TEMPLATE IMAGE OUTPUT
    local tool=$output/vendor/usr/bin/update-firmware
    [ -x "$tool" ] || fail "$tool is missing: run image/build"
    "$tool" build --manifest "$1" --image "$2" --key "$output/keys/firmware-signing.key" \
        --certificate "$output/keys/firmware-signing.crt" --output "$3.new"
    mv "$3.new" "$3"
}
