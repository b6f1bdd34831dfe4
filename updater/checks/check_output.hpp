// Reads what a program of check.d writes, and makes findings of it. Runs nothing. updater/contracts.md has
// the contract.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/checks/finding.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace updater::checks {

/// What one program says in one run. What is beyond these bounds is not kept, but counts.
class CheckOutput {
  public:
    static constexpr std::size_t max_findings = 32;
    static constexpr std::size_t max_name_bytes = 64;

    /// `program`: its path, for what is said of the program itself.
    explicit CheckOutput(std::string program) : program_(std::move(program)) {}

    /// "VERDICT NAME: TEXT" begins a finding, "advice: TEXT" belongs to the one before. Other lines mean
    /// nothing.
    void line(std::string_view line);

    /// Adds the findings, and one for a program that did not run to its end or said nothing.
    void add_to(Findings &findings, const hooks::runner::HookResult &result) const;

  private:
    Finding of_the_end(const hooks::runner::HookResult &result) const;

    std::string program_;
    std::vector<Finding> findings_;
    bool advice_may_follow_ = false;
    std::size_t dropped_ = 0;
    Verdict worst_dropped_ = Verdict::pass;
};

} // namespace updater::checks
