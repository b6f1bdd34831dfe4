// Where the administrator's settings are kept, and what counts while they are wrong. What they mean is in
// settings.hpp.
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
        std::string problem; ///< empty: nothing is wrong
    };

    /// `storage` outlives this object.
    explicit SettingsFile(partitions::Storage &storage,
                          std::filesystem::path file = "/etc/update-control/settings.xml");

    /// Read anew each time, so that a change counts at once. An absent file is one that says nothing. Of one
    /// that is wrong nothing counts, not even the parts that could be read: the defaults do nothing by
    /// themselves, and the problem says so. Thread-safe; throws nothing but std::bad_alloc.
    Contents read() const;

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::configuration
