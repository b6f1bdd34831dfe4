// What root may do inside a hook's sandbox: sets of capabilities(7), as systemd wants them. Numbers only.
#pragma once

#include <cstdint>
#include <linux/capability.h>

namespace hooks::runner {

constexpr std::uint64_t capability_set(auto... numbers) {
    return (std::uint64_t{0} | ... | (std::uint64_t{1} << static_cast<unsigned>(numbers)));
}

/// To read and write files of any owner and change their owners; to run programs as another account, and
/// those of the old system in its root.
inline constexpr std::uint64_t capabilities_for_files_and_accounts = capability_set(
    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_SYS_CHROOT);

/// The same, with all that a tree of /etc or /var can have: attributes of overlays (trusted.*,
/// CAP_SYS_ADMIN), what chattr(1) sets, capabilities of programs. Whiteouts need none.
inline constexpr std::uint64_t capabilities_for_system_files =
    capabilities_for_files_and_accounts | capability_set(CAP_SYS_ADMIN, CAP_LINUX_IMMUTABLE, CAP_SETFCAP);

/// For checkers, which try whether programs can work: the packet filter, addresses, and mounts of their own
/// over what the programs would write.
inline constexpr std::uint64_t capabilities_for_checkers =
    capabilities_for_files_and_accounts | capability_set(CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_NET_BIND_SERVICE);

/// For the product's own programs at hook points, which also signal the product's processes.
inline constexpr std::uint64_t capabilities_for_the_product =
    capabilities_for_files_and_accounts | capability_set(CAP_KILL);

/// For programs that look and change nothing: they read files of any owner, and may become another account to
/// see what that one can read.
inline constexpr std::uint64_t capabilities_for_looking =
    capability_set(CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID, CAP_SETPCAP);

} // namespace hooks::runner
