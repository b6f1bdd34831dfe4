// The error that means: the checks said no, and nothing was touched. Holds nothing but that error.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace updater {

/// A request that is refused before anything was changed. `what()` says what was found, `next_step()` what
/// the administrator can do about it.
class Refused : public std::runtime_error {
  public:
    Refused(const std::string &what_was_found, std::string next_step)
        : std::runtime_error(what_was_found), next_step_(std::move(next_step)) {}
    const std::string &next_step() const { return next_step_; }

  private:
    std::string next_step_;
};

} // namespace updater
