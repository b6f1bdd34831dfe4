// Runs no program: each is a function of the test, found by its path, and behaves towards the caller as a
// program would.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "hooks/runner/line_reader.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace updater_test {

class FakeHookRunner : public hooks::runner::HookRunner {
  public:
    /// What a program writes and how it ends.
    struct Script {
        std::vector<std::string> standard_output;
        std::vector<std::string> standard_error;
        int exit_code = 0;
        bool timed_out = false;
        std::function<void(const hooks::runner::HookCall &)>
            effect; ///< what it does to files, before it ends
    };

    void install(const std::string &program, Script script) {
        scripts_[program] = [script = std::move(script)](const hooks::runner::HookCall &) { return script; };
    }
    /// A program whose output depends on what it finds.
    void install_function(const std::string &program,
                          std::function<Script(const hooks::runner::HookCall &)> script) {
        scripts_[program] = std::move(script);
    }
    const std::vector<hooks::runner::HookCall> &calls() const { return calls_; }

    hooks::runner::HookResult run(const hooks::runner::HookCall &call,
                                  const hooks::runner::OnProgress &on_progress,
                                  const hooks::runner::OnLine &on_line, std::stop_token stop) override {
        calls_.push_back(call);
        hooks::runner::HookResult result;
        if (stop.stop_requested()) {
            result.stopped = true;
            result.reason = "was stopped on request";
            return result;
        }
        const auto found = scripts_.find(call.program.string());
        if (found == scripts_.end()) {
            result.exit_code = 203;
            result.reason = "could not be started in its sandbox (systemd's status 203)";
            return result;
        }
        const Script script = found->second(call);
        for (const std::string &line : script.standard_output) {
            if (const auto progress = hooks::runner::parse_progress(line))
                on_progress(progress->percent, progress->text);
            else
                on_line(line);
        }
        for (const std::string &line : script.standard_error)
            on_line(line);
        if (script.effect)
            script.effect(call);
        return ended(script);
    }

  private:
    static hooks::runner::HookResult ended(const Script &script) {
        hooks::runner::HookResult result;
        if (script.timed_out) {
            result.timed_out = true;
            result.reason = "took longer than its time limit";
            return result;
        }
        result.exit_code = script.exit_code;
        if (script.exit_code != 0)
            result.reason = script.standard_error.empty()
                                ? "ended with exit status " + std::to_string(script.exit_code)
                                : script.standard_error.back();
        return result;
    }

    std::map<std::string, std::function<Script(const hooks::runner::HookCall &)>> scripts_;
    std::vector<hooks::runner::HookCall> calls_;
};

} // namespace updater_test
