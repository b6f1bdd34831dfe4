// The generation that a rollback after the commit left: only it has the mail that was stored between the
// upgrade and the rollback, and the next installation removes it. Remembers it, so that only --force removes
// it.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <string_view>

namespace updater::checks {

/// The file has one line, the name of the generation.
class LeftGeneration {
  public:
    /// `storage` and `generations` must outlive this object.
    LeftGeneration(partitions::Storage &storage, const partitions::Generations &generations,
                   std::filesystem::path file);

    /// Replaces what was remembered before. Durable on return. Throws StorageError.
    void remember(std::string_view generation);
    /// Called when an installation has removed it. Durable on return. Throws StorageError.
    void forget();
    /// Whether the generation in this slot is the remembered one.
    bool is_in(partitions::Slot slot) const;
    /// Throws Refused, with the command that installs all the same, if the generation in this slot is the
    /// remembered one. A file that names another generation or cannot be read has no effect.
    void check_may_be_removed(partitions::Slot slot, const std::string &forced_command) const;
    /// Whether it is the remembered one.
    bool is_noted(std::string_view generation) const;

  private:
    partitions::Storage &storage_;
    const partitions::Generations &generations_;
    std::filesystem::path file_;
};

} // namespace updater::checks
