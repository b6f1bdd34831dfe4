# Makes the keys of the demo: the one that signs firmware, a certificate authority for downloads with the test
# server's certificate, and an SSH key for root. Made once; a vendor keeps theirs elsewhere. Sourced by image/build.

make_keys() { # FOLDER
    local folder=$1
    mkdir -p "$folder"
    chmod 700 "$folder"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7300 \
        -subj '/CN=Example appliance firmware signing' \
        -addext 'basicConstraints=critical,CA:FALSE' -addext 'keyUsage=critical,digitalSignature' \
        -addext 'extendedKeyUsage=codeSigning,emailProtection' \
        -keyout "$folder/firmware-signing.key" -out "$folder/firmware-signing.crt"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7300 \
        -subj '/CN=Example download authority' -addext 'basicConstraints=critical,CA:TRUE' \
        -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -keyout "$folder/download-ca.key" -out "$folder/download-ca.crt"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=updates.lan.test' \
        -keyout "$folder/updates.lan.test.key" -out "$folder/updates.lan.test.csr"
    openssl x509 -req -in "$folder/updates.lan.test.csr" -days 7300 -CA "$folder/download-ca.crt" \
        -CAkey "$folder/download-ca.key" -CAcreateserial -out "$folder/updates.lan.test.crt" \
        -extfile <(printf 'subjectAltName=DNS:updates.lan.test\nextendedKeyUsage=serverAuth\n')
    ssh-keygen -q -t ed25519 -N '' -C appliance-root -f "$folder/ssh"
    ssh-keygen -q -t ed25519 -N '' -C appliance -f "$folder/ssh-host"
    tr -d - </proc/sys/kernel/random/uuid >"$folder/machine-id"
}

# The appliance's own files in /etc (host name, machine id, SSH keys), which an installer would make before the first
# boot; then the administrator's changes.
make_administrator_upper() { # KEYS TARGET
    local keys=$1 target=$2 path
    rm -rf "$target"
    mkdir -p "$target/ssh/authorized_keys"
    printf 'appliance\n' >"$target/hostname"
    install -m 444 "$keys/machine-id" "$target/machine-id"
    install -m 600 "$keys/ssh-host" "$target/ssh/ssh_host_ed25519_key"
    install -m 644 "$keys/ssh-host.pub" "$target/ssh/ssh_host_ed25519_key.pub"
    install -m 644 "$keys/ssh.pub" "$target/ssh/authorized_keys/root"
    [ ! -d "$image_folder/product/administrator" ] || copy_over "$image_folder/product/administrator" "$target"
    if [ -f "$image_folder/product/administrator-removed" ]; then
        while read -r path; do
            case $path in '' | '#'*) continue ;; esac
            path=${path#/etc/}
            mkdir -p "$target/$(dirname "$path")"
            mknod "$target/$path" c 0 0 # overlayfs: a whiteout
        done <"$image_folder/product/administrator-removed"
    fi
}
