// The generations on the data partition: a folder for each OS that holds its configuration and its /var, and
// which slot uses which. Knows the names and the order that survives a power cut, not what is in a
// generation.
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

/// The slot has no generation, or none of that name exists, or the name is not one.
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
    /// The same with the places inside.
    Generation at(std::string_view name) const { return Generation(path_of(name)); }
    /// Makes an empty generation and returns its name: the version and the number after the highest there is
    /// for this version. A cut leaves nothing, or an empty generation that no slot uses. Throws
    /// std::invalid_argument for a version that is no name.
    std::string create(std::string_view version);
    /// From now on the OS in this slot uses it. Throws GenerationNotFound when it does not exist.
    void assign(Slot slot, std::string_view name);
    /// Nothing happens if the slot has none. The generation stays.
    void unassign(Slot slot);
    /// Removes it with all its contents; nothing happens if it does not exist. It is renamed out of the way
    /// first, so that no cut leaves half of one under its name. What cannot be removed stays behind, for
    /// remove_retired(). Throws GenerationInUse.
    void retire(std::string_view name);
    /// Removes what a retire() has left. Returns why that failed, a line for each that stays: it takes space,
    /// and is in nobody's way.
    std::vector<std::string> remove_retired();
    /// Names in ascending order of text; those of an unfinished retire() are not among them.
    std::vector<std::string> all() const;

  private:
    std::filesystem::path link_of(Slot slot) const;

    Storage &storage_;
    std::filesystem::path generations_;
    std::filesystem::path slots_;
};

} // namespace partitions
