// The contents of GRUB's environment block: reading and writing its text. Touches no file.
// Format: GNU GRUB manual 2.06, "Environment block", and what grub-editenv and save_env read and write:
// exactly 1024 bytes; the line "# GRUB Environment Block"; lines NAME=VALUE, in VALUE a backslash before each
// backslash and each newline; filled up with '#'.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace partitions {

/// Wrong size or header, or a line that is not a variable.
class GrubEnvironmentDamaged : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The variables do not fit into the first 512 bytes.
class GrubEnvironmentFull : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class GrubEnvironment {
  public:
    static constexpr std::size_t block_bytes = 1024;
    /// A sector is written whole or not at all, so a power cut cannot tear what lies in the first one; the
    /// second sector holds only padding. That is stricter than GRUB's own limit.
    static constexpr std::size_t usable_bytes = 512;

    GrubEnvironment() = default; ///< no variables
    /// Throws GrubEnvironmentDamaged. Variables in the second sector are read too; comments are not kept.
    static GrubEnvironment parse(std::string_view block);
    /// block_bytes long. Throws GrubEnvironmentFull.
    std::string serialize() const;

    std::optional<std::string> get(std::string_view name) const;
    /// Appends a new variable at the end. Throws std::invalid_argument if the name is empty or has '=', '#',
    /// newline, blank, or if the value holds a zero byte.
    void set(std::string_view name, std::string_view value);
    void unset(std::string_view name);

  private:
    std::vector<std::pair<std::string, std::string>> variables_; ///< in the order of the block
};

} // namespace partitions
