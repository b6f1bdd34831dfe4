// Decides about one file, link or device in the old system's /var by comparison with both images. Reads
// files, writes none.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "hooks/owner_translation.hpp"
#include "hooks/var/var_report.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hooks::var {

/// The three versions of one entry. mine: in the old generation, not a directory. Nothing: that image has
/// none.
struct VarVersions {
    std::filesystem::path mine;
    std::optional<std::filesystem::path> base;   ///< the old image's
    std::optional<std::filesystem::path> theirs; ///< the new image's
};

enum class VarContents {
    none, ///< whatever the new image has stays as it is
    mine,
    mine_beside, ///< under another name, because the new image has a folder of this name
    theirs,      ///< the new image's, with Decision::attributes
};

struct VarDecision {
    VarContents contents = VarContents::none;
    VarFate fate = VarFate::left_behind;
    std::string reason;
    bool common = false; ///< so common that the report only counts such files
    overlay::Attributes attributes;
};

/// Throws StorageError, std::system_error.
VarDecision decide_var_entry(partitions::Storage &storage, const OwnerTranslation &owners,
                             const VarVersions &versions);

} // namespace hooks::var
