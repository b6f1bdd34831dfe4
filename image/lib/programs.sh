# Compiles our programs for a release and installs them into a folder with the layout of its tree.
# Sourced by image/build; needs common.sh.

# -O2: g++ 12 warns wrongly about std::string at -O3 (its bug 105651), and warnings are errors here.
cmake_arguments=(-G Ninja -DCMAKE_BUILD_TYPE=Release '-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG' -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=10)
# Of all checkouts on this machine, as in .cmake/compiler-cache.
compiler_cache=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/update-control/ccache}
compile_jobs=${UPDATE_CONTROL_JOBS:-$(nproc)}

install_components() { # BUILD-FOLDER TARGET COMPONENT...
    local build=$1 target=$2 component
    shift 2
    rm -rf "$target"
    mkdir -p "$target"
    for component in "$@"; do
        DESTDIR=$target cmake --install "$build" --component "$component" --strip
    done
}

# For the builder's own release, which needs no compiler tree.
compile_here() { # BUILD-FOLDER TARGET
    cmake -S "$checkout" -B "$1" "${cmake_arguments[@]}" "-DCMAKE_CXX_COMPILER_LAUNCHER=$checkout/.cmake/compiler-cache"
    cmake --build "$1" --parallel "$compile_jobs"
    install_components "$1" "$2" appliance product
    install_components "$1" "$output/vendor" vendor
}

# The source is bind-mounted into the compiler tree, read-only; all mounts end with the namespace.
compile_in_tree() { # COMPILER-TREE BUILD-FOLDER TARGET
    local tree=$1 build=$2 target=$3
    mkdir -p "$tree/source" "$tree/build" "$tree/ccache" "$tree/target" "$build" "$compiler_cache"
    rm -rf "$target"
    mkdir -p "$target"
    # shellcheck disable=SC2016 # the inner shells expand it
    unshare --mount --propagation private bash -c '
        set -e
        tree=$1 source=$2 build=$3 cache=$4 target=$5 jobs=$6
        shift 6
        mount --bind "$source" "$tree/source"
        mount -o remount,bind,ro "$tree/source"
        mount --bind "$build" "$tree/build"
        mount --bind "$cache" "$tree/ccache"
        mount --bind "$target" "$tree/target"
        mount -t proc proc "$tree/proc"
        mount --rbind /dev "$tree/dev"
        exec chroot "$tree" env CCACHE_DIR=/ccache LC_ALL=C.UTF-8 sh -ec "
            jobs=\$1; shift
            cmake -S /source -B /build \"\$@\"
            cmake --build /build --parallel \"\$jobs\"
            for component in appliance product; do
                DESTDIR=/target cmake --install /build --component \$component --strip
            done" compile "$jobs" "$@"' \
        compile "$tree" "$checkout" "$build" "$compiler_cache" "$target" "$compile_jobs" "${cmake_arguments[@]}" \
        -DCMAKE_CXX_COMPILER_LAUNCHER=/source/.cmake/compiler-cache -DBUILD_VENDOR_TOOLS=OFF
}
