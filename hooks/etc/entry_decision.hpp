// Decides about one entry of the administrator's /etc by three-way comparison. Reads files, writes none.
#pragma once

#include "hooks/etc/carry_report.hpp"
#include "hooks/etc/special_places.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hooks::etc {

/// The three versions of one entry. mine: in the old upper directory, not a directory. Nothing: that image
/// has none.
struct Versions {
    std::filesystem::path mine;
    std::optional<std::filesystem::path> base;   ///< the old image's
    std::optional<std::filesystem::path> theirs; ///< the new image's
};

/// What the new upper directory gets.
enum class Contents {
    nothing,
    mine,
    theirs,   ///< the new image's as it is; only needed in the upper directory if the attributes are to be
              ///< others
    text,     ///< Decision::text
    whiteout, ///< the removal
};

struct Decision {
    Fate fate = Fate::carried;
    Contents contents = Contents::mine;
    std::string reason;
    std::string text;
    bool lay_theirs_beside = false;
};

/// relative: the path below /etc. Throws ConversionFailed and StorageError.
Decision decide_entry(partitions::Storage &storage, const std::filesystem::path &relative,
                      const Versions &versions, const Place &place);

/// The same kind and contents; of links the same target, where /lib and /usr/lib are one. Attributes do not
/// count.
bool same_contents(partitions::Storage &storage, const std::filesystem::path &a,
                   const std::filesystem::path &b);

} // namespace hooks::etc
