// The role of this node in a cluster, which the product's program "role" tells and changes
// (updater/contracts.md). What the words mean is the product's.
#pragma once

#include "updater/node/product_programs.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::node {

enum class RoleVerb { show, take, give };

/// Nothing for any other word than show, take and give.
std::optional<RoleVerb> role_verb_of(const std::string &word);

/// Not for use by several threads at once.
class Role {
  public:
    /// `programs` outlives this object.
    explicit Role(ProductPrograms &programs) : programs_(programs) {}

    /// Throws StorageError.
    bool is_known_here() const;
    /// Returns the role that the node has afterwards. Throws ProgramFailed, Cancelled, StorageError.
    std::string carry_out(RoleVerb verb, const std::stop_token &stop);

  private:
    ProductPrograms &programs_;
};

/// From the line "role WORD". Throws ProgramFailed without one.
std::string role_in(const std::vector<std::string> &lines);

} // namespace updater::node
