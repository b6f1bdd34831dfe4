// Converts the settings of another release. An interface, because the programs that do it are the vendor's.
#pragma once

#include "updater/snapshot/description.hpp"

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::snapshot {

/// All below one folder on the data partition, which is removed afterwards.
struct ConversionFolders {
    std::filesystem::path source;   ///< an upper directory of /etc
    std::filesystem::path old_root; ///< as much of the image that it belongs to as is known
    std::filesystem::path old_var;  ///< the snapshot's files of /var
    std::filesystem::path new_var;  ///< empty; what becomes of them
    std::filesystem::path work;     ///< for the stages
};

struct ConvertedSettings {
    std::filesystem::path upper;    ///< in the folder `work`
    std::vector<std::string> lines; ///< what an administrator should read: conflicts and warnings
};

class SettingsConversion {
  public:
    virtual ~SettingsConversion() = default;

    /// Throws Refused if the running system can't convert the settings of this snapshot, which is of another
    /// version: it is newer, or a conversion is missing.
    virtual void require_possible(const Description &description) const = 0;
    /// Converts, and asks the running system's programs whether they can work with the result. Throws
    /// Refused, Cancelled, std::exception.
    virtual ConvertedSettings convert(const Description &description, const ConversionFolders &folders,
                                      const std::stop_token &stop) = 0;
};

} // namespace updater::snapshot
