#include "updater/checks/check_output.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace updater::checks {

namespace {

constexpr std::array all_verdicts{Verdict::pass, Verdict::skip, Verdict::notice, Verdict::warn,
                                  Verdict::fail};
constexpr std::string_view advice_begins = "advice:";
constexpr std::string_view name_ends = ": ";

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<Finding> finding_in(std::string_view line) {
    const auto verdict = std::ranges::find_if(all_verdicts, [&](Verdict each) {
        const std::string_view word = word_of(each);
        return line.starts_with(word) && line.substr(word.size()).starts_with(' ');
    });
    if (verdict == all_verdicts.end())
        return std::nullopt;
    line.remove_prefix(word_of(*verdict).size());
    const std::size_t colon = line.find(name_ends);
    if (colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view name = without_blanks(line.substr(0, colon));
    const std::string_view text = without_blanks(line.substr(colon + name_ends.size()));
    if (name.empty() || name.size() > CheckOutput::max_name_bytes || text.empty())
        return std::nullopt;
    return Finding{.check = std::string(name), .verdict = *verdict, .text = std::string(text), .advice = {}};
}

} // namespace

void CheckOutput::line(std::string_view line) {
    if (line.starts_with(advice_begins)) {
        if (advice_may_follow_)
            findings_.back().advice = without_blanks(line.substr(advice_begins.size()));
        advice_may_follow_ = false;
        return;
    }
    auto finding = finding_in(line);
    if (!finding)
        return;
    advice_may_follow_ = findings_.size() < max_findings;
    if (advice_may_follow_) {
        findings_.push_back(std::move(*finding));
        return;
    }
    ++dropped_;
    worst_dropped_ = std::max(worst_dropped_, finding->verdict);
}

void CheckOutput::add_to(Findings &findings, const hooks::runner::HookResult &result) const {
    for (const Finding &each : findings_)
        findings.add(each);
    if (dropped_ > 0)
        findings.add({program_, std::max(worst_dropped_, Verdict::warn),
                      "says more than " + std::to_string(max_findings) + " things; " +
                          std::to_string(dropped_) + " are not shown",
                      "Run it by hand: " + program_});
    if (result.exit_code != 0 || findings_.empty())
        findings.add(of_the_end(result));
}

Finding CheckOutput::of_the_end(const hooks::runner::HookResult &result) const {
    switch (hooks::runner::outcome(result)) {
    case hooks::runner::HookOutcome::done:
        return {program_, Verdict::pass, "found nothing", ""};
    case hooks::runner::HookOutcome::try_later:
        return {program_, Verdict::warn, "cannot check now: " + result.reason, "Check again later."};
    case hooks::runner::HookOutcome::failed:
        break;
    }
    // What cannot be checked cannot be relied on.
    return {program_, Verdict::fail, "did not check to its end: " + result.reason,
            "Run it by hand to see why: " + program_ +
                "; a program that is no longer wanted is switched off with: chmod -x " + program_};
}

} // namespace updater::checks
