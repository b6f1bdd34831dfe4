// Reads the file with the administrator's settings; while it is wrong, the defaults apply. What the settings
// mean is in settings.hpp.
#pragma once

#include "partitions/storage.hpp"
#include "updater/configuration/settings.hpp"

#include <filesystem>
#include <string>

namespace updater::configuration {

class SettingsFile {
  public:
    struct Contents {
        Settings settings;
        std::string problem; ///< what is wrong with the file; empty: nothing
    };

    /// `storage` outlives this object.
    SettingsFile(partitions::Storage &storage, std::filesystem::path file);

    /// Reads the file on each call, so a change takes effect at once. An absent file means the defaults. A
    /// file that is wrong anywhere is ignored as a whole: with the defaults nothing is done automatically,
    /// and `problem` says what is wrong. Thread-safe; throws only std::bad_alloc.
    Contents read() const;

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::configuration
