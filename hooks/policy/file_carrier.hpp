// Carries the files that policy macros name to the new system. Writes to the new configuration and the new
// generation's /var only, and never through a symbolic link.
#pragma once

#include "hooks/overlay/overlay_view.hpp"
#include "hooks/owner_translation.hpp"
#include "hooks/policy/old_system.hpp"

#include <filesystem>
#include <string>

namespace hooks::policy {

enum class CarryResult {
    present, ///< the new system has it already
    copied,
    missing, ///< the old system did not have it either
    refused, ///< cannot be carried: outside of /etc and /var, or no name of a file
};

struct CarriedFile {
    CarryResult result = CarryResult::present;
    std::string remark; ///< for a person
};

class FileCarrier {
  public:
    /// request.target: the new configuration, which already holds all of request.source.
    FileCarrier(partitions::Storage &storage, const ConversionRequest &request);

    /// path: as a macro names it. The file arrives under the same name, with the symbolic links on the way to
    /// it, its owner (translated by name), mode, times and extended attributes. Not durable before the file
    /// systems are synced. Throws ConversionFailed when the new system has something of another kind in its
    /// place.
    CarriedFile carry(const std::string &path);

  private:
    CarriedFile carry_step(const ResolvedPath::Step &step);
    CarriedFile carry_in_etc(const ResolvedPath::Step &step);
    CarriedFile carry_in_var(const ResolvedPath::Step &step);
    CarriedFile put_in_var(const ResolvedPath::Step &step, const std::filesystem::path &relative,
                           const std::filesystem::path &target);
    void copy(const std::filesystem::path &from, const std::filesystem::path &to);
    void make_parents(const std::filesystem::path &relative, const std::filesystem::path &from_root,
                      const std::filesystem::path &like_root, const std::filesystem::path &to_root);

    partitions::Storage &storage_;
    ConversionRequest request_;
    OldSystem old_system_;
    OwnerTranslation owners_;
};

} // namespace hooks::policy
