// Conversion programs for the tests of phases: what they do to a tree can be seen in each of its files.
#pragma once

#include "partitions/durable.hpp"
#include "tests/support/fake_hook_runner.hpp"

#include <filesystem>
#include <string>

namespace updater_test {

/// Not synced: whoever calls the program has to see to that.
inline void write_without_sync(partitions::Storage &storage, const std::filesystem::path &path,
                               const std::string &text) {
    const auto file = storage.open(path, partitions::OpenMode::create_or_truncate);
    file->append(std::as_bytes(std::span(text)));
    file->close();
}

/// A conversion that adds its name and its formats to every file: "mx1, etc 1-2".
inline FakeHookRunner::Script adds_its_name(partitions::Storage &storage, const std::string &name) {
    FakeHookRunner::Script script;
    script.effect = [&storage, name](const hooks::runner::HookCall &call) {
        const auto added = ", " + name + " " + call.arguments.at(1) + "-" + call.arguments.at(2);
        for (const auto &file : storage.list(call.arguments.at(3)))
            write_without_sync(storage, std::filesystem::path(call.arguments.at(4)) / file.filename(),
                               partitions::read_whole_file(storage, file, 1000) + added);
    };
    return script;
}

} // namespace updater_test
