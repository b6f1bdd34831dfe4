// Says what the test wants of each restart, and keeps what it was asked.
#pragma once

#include "updater/job/restart_cause.hpp"

#include <vector>

namespace updater_test {

class FakeRestartCauses : public updater::job::RestartCauses {
  public:
    updater::job::RestartCause of(const updater::job::UnexplainedRestart &restart) override {
        asked.push_back(restart);
        return answer;
    }

    updater::job::RestartCause answer;
    std::vector<updater::job::UnexplainedRestart> asked;
};

} // namespace updater_test
