// Calls one conversion program as the updater does, by the real runner: for sandbox/run, in a machine of its
// own.
#include "hooks/runner/systemd_hook_runner.hpp"
#include "updater/phases/conversions.hpp"

#include <exception>
#include <iostream>
#include <string>

using namespace updater;

int main(int argc, char **argv) {
    if (argc != 6) {
        std::cerr << "usage: call_conversion store|configuration PROGRAM ROOT OLD-ROOT GENERATIONS\n";
        return 2;
    }
    const std::filesystem::path generations = argv[5];
    hooks::runner::SystemdHookRunner runner{hooks::runner::ProgramsOf::job};
    phases::Conversions conversions(runner, partitions::Layout(), std::chrono::seconds(60));
    const auto kind = argv[1] == std::string("store") ? firmware::ConversionKind::store
                                                      : firmware::ConversionKind::configuration;
    const phases::ConversionView view{.program_root = argv[3],
                                      .old_root = argv[4],
                                      .new_root = "/",
                                      .old_var = generations / "old/var",
                                      .new_var = generations / "new/var"};
    job::JobFacts facts;
    job::PhaseRun run{.facts = facts,
                      .save_facts = [] {},
                      .progress = [](int, std::string_view) {},
                      .log = [](job::Severity, std::string_view line) { std::cout << line << '\n'; },
                      .stop = {}};
    try {
        conversions.convert({"test", kind, argv[2], "1", "2"}, generations / "new/source/test",
                            generations / "new/source/test.stage-1", view, run, {});
        return 0;
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
