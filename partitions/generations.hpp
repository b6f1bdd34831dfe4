// The generations on the data partition: a folder for each OS with its configuration and its /var, and which
// slot uses which. Knows names and the order of changes that survives a power cut, not the contents.
//   DATA/generations/<version>-<number>/        e.g. 2.8.0.0-1
//   DATA/slots/system-a -> ../generations/...   replaced by rename
#pragma once

#include "partitions/generation.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace partitions {

/// The slot has no generation, or the named generation does not exist, or the name is invalid.
class GenerationNotFound : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A generation that a slot uses cannot be retired.
class GenerationInUse : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// All changes are durable on return. All functions throw StorageError.
class Generations {
  public:
    Generations(Storage &storage, const std::filesystem::path &data_root);

    /// Throws GenerationNotFound when the slot has none or its link leads nowhere.
    std::string of_slot(Slot slot) const;
    /// The version that a generation is named after: 2.8.0.0 of 2.8.0.0-1.
    static std::string version_of(std::string_view name);
    /// Empty when the slot has none.
    std::optional<std::string> assigned(Slot slot) const;
    /// Throws GenerationNotFound for a name that could lead out of the folder; the generation need not exist.
    std::filesystem::path path_of(std::string_view name) const;
    /// The same, with the paths inside it.
    Generation at(std::string_view name) const { return Generation(path_of(name)); }
    /// Makes an empty generation and returns its name: the version and a number one above the highest of this
    /// version. A power cut leaves nothing, or an empty generation that no slot uses. Throws
    /// std::invalid_argument for a version that cannot be a file name.
    std::string create(std::string_view version);
    /// Makes the OS in this slot use it. Throws GenerationNotFound when it does not exist.
    void assign(Slot slot, std::string_view name);
    /// Removes the slot's link, if there is one. The generation stays.
    void unassign(Slot slot);
    /// Removes it with all its contents, if it exists. It is renamed out of the way first, so that no power
    /// cut leaves half a generation under its name. What cannot be removed is left for remove_retired().
    /// Throws GenerationInUse.
    void retire(std::string_view name);
    /// The same, but its contents are left for remove_retired(), which may take long.
    void set_aside(std::string_view name);
    /// Removes what an interrupted retire() left. Returns one line for each folder that could not be removed,
    /// with the reason; such a folder only takes space.
    std::vector<std::string> remove_retired();
    /// The names, sorted as text, without those of an unfinished retire().
    std::vector<std::string> all() const;

  private:
    std::filesystem::path link_of(Slot slot) const;
    std::optional<std::filesystem::path> rename_away(std::string_view name);

    Storage &storage_;
    std::filesystem::path generations_;
    std::filesystem::path slots_;
};

} // namespace partitions
