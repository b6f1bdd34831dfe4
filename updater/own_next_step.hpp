// The property of a failure that knows what to do next better than the advice for its phase. Holds nothing
// but that.
#pragma once

#include <string>
#include <utility>

namespace updater {

/// A second base of the error that is thrown. Whoever ends the job asks for it.
class OwnNextStep {
  public:
    explicit OwnNextStep(std::string next_step) : next_step_(std::move(next_step)) {}
    OwnNextStep(const OwnNextStep &) = default;
    OwnNextStep &operator=(const OwnNextStep &) = default;
    virtual ~OwnNextStep() = default;
    const std::string &next_step() const { return next_step_; }

  private:
    std::string next_step_;
};

} // namespace updater
