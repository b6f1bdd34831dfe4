// The error that means: the checks said no, and nothing was touched. Holds nothing but that error.
#pragma once

#include "updater/messages/coded.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace updater {

/// A request that is refused before anything was changed. `what()` says what was found, `next_step()` what
/// the administrator can do about it, `code()` which kind of refusal it is.
class Refused : public std::runtime_error, public messages::Coded {
  public:
    Refused(const std::string &what_was_found, std::string next_step,
            messages::Code code = messages::Code::refused)
        : std::runtime_error(what_was_found), next_step_(std::move(next_step)), code_(code) {}
    const std::string &next_step() const { return next_step_; }
    messages::Code code() const override { return code_; }

  private:
    std::string next_step_;
    messages::Code code_;
};

} // namespace updater
