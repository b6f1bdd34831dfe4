// What conversions tell of conflicts: lines `conflict PATH: REASON` (updater/contracts.md). Keeps and
// compares them; what follows from them is decided elsewhere.
#pragma once

#include "updater/job/job_facts.hpp"
#include "updater/messages/coded.hpp"
#include "updater/own_next_step.hpp"

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updater::phases {

/// The administrator and the new version changed the same, and nobody has named it as known. The message has
/// each place with the reason, the next step how to go on with all of them.
class UnknownConflicts : public std::runtime_error,
                         public messages::CodeIs<messages::Code::unknown_conflicts>,
                         public OwnNextStep {
  public:
    UnknownConflicts(const std::string &what_is_unknown, std::string next_step)
        : std::runtime_error(what_is_unknown), OwnNextStep(std::move(next_step)) {}
};

/// "PATH: REASON" if the line of a conversion, with the conversion's name before it as in the log, tells of a
/// conflict.
std::optional<std::string_view> conflict_in(std::string_view line);

/// Whether `conflict`, "PATH: REASON", is at this path or below it.
bool is_at(std::string_view conflict, std::string_view path);

class Conflicts {
  public:
    /// So many are kept; the others are counted.
    static constexpr std::size_t max_kept = 200;

    /// Keeps it if it tells of a conflict that is none of `known`, at a path that none of those kept has.
    void read(std::string_view line, const std::vector<std::string> &known);
    /// @throws UnknownConflicts if one was kept.
    void require_none(const job::JobFacts &facts) const;

  private:
    std::vector<std::string> unknown_; ///< "PATH: REASON"
    std::size_t count_ = 0;
};

} // namespace updater::phases
