// The run of one phase for tests that call the phase by itself: what it logs is kept; nothing is saved or
// shown.
#pragma once

#include "updater/job/phase_table.hpp"

#include <string>
#include <vector>

namespace updater_test {

/// Refers to both arguments.
inline updater::job::PhaseRun phase_run(updater::job::JobFacts &facts, std::vector<std::string> &lines) {
    return {.facts = facts,
            .save_facts = [] {},
            .progress = [](int, std::string_view) {},
            .log = [&lines](updater::job::Severity, std::string_view line) { lines.emplace_back(line); },
            .stop = {}};
}

} // namespace updater_test
