// The generation that was left by a rollback after the commit: it alone has what was stored from the upgrade
// to the rollback, and the next installation removes it. Remembers it, so that this does not happen unasked.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <string_view>

namespace updater::checks {

/// Keeps its name in one file, whose only line it is.
class LeftGeneration {
  public:
    /// All must outlive this object but the file's name.
    LeftGeneration(partitions::Storage &storage, const partitions::Generations &generations,
                   std::filesystem::path file);

    /// In place of what was remembered before. Durable on return. Throws StorageError.
    void remember(std::string_view generation);
    /// An installation has removed it. Durable on return. Throws StorageError.
    void forget();
    /// Throws Refused if the generation in this slot is the one that was left. A note of another one, or one
    /// that cannot be read, does not matter.
    void check_may_be_removed(partitions::Slot slot) const;

  private:
    bool is_noted(std::string_view generation) const;

    partitions::Storage &storage_;
    const partitions::Generations &generations_;
    std::filesystem::path file_;
};

} // namespace updater::checks
