// The old and the new system as the phases that convert find them: an image in each slot, a generation for
// each, and conversion programs that a test installs. The test adds what the generations hold.
#pragma once

#include "partitions/generations.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_system_roots.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/phases/conversions.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace updater_test {

struct TwoSystems {
    static inline const std::map<partitions::Slot, std::filesystem::path> images{
        {partitions::Slot::a, "/images/a"}, {partitions::Slot::b, "/images/b"}};
    static inline const std::filesystem::path old_generation = "/data/generations/2.8.0.0-1";
    static inline const std::filesystem::path new_generation = "/data/generations/2.8.1.0-1";

    TwoSystems(partitions_test::FakeStorage &on, partitions::Slot running)
        : disk(on), roots(on, images, running) {
        facts.old_slot = partitions::Slot::a;
        facts.new_slot = partitions::Slot::b;
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.old_generation = old_generation.filename();
        facts.new_generation = new_generation.filename();
    }

    partitions_test::FakeStorage &disk;
    partitions::Generations generations{disk, "/data"};
    partitions_test::FakeSystemRoots roots;
    FakeHookRunner programs;
    updater::phases::Conversions conversions{programs, partitions::Layout(), std::chrono::seconds(1)};
    updater::job::JobFacts facts;
    std::vector<std::string> lines;
    updater::job::PhaseRun run = phase_run(facts, lines);
};

} // namespace updater_test
