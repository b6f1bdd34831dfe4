#include "updater/agent/parts/first_start.hpp"

#include "partitions/base/bus.hpp"
#include "partitions/durable.hpp"
#include "updater/agent/system_start.hpp"

#include <charconv>
#include <exception>
#include <iostream>

namespace updater::agent::parts {

namespace {

using std::chrono::milliseconds;

/// Throws BusError.
milliseconds time_since_start_of_system() {
    const partitions::base::BusTarget manager{"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                              "org.freedesktop.systemd1.Manager"};
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
    auto bus = partitions::base::Bus::system();
    const auto time = [&](const char *name) {
        return std::chrono::microseconds(bus.uint64_property(manager, name));
    };
    return time_since_start({.firmware = time("FirmwareTimestampMonotonic"),
                             .kernel = time("KernelTimestamp"),
                             .userspace = time("UserspaceTimestampMonotonic")},
                            now);
}

std::optional<milliseconds> milliseconds_in(const std::string &text) {
    milliseconds::rep count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc() && count >= 0 ? std::optional(milliseconds(count)) : std::nullopt;
}

} // namespace

std::optional<milliseconds> time_to_first_start(partitions::Storage &storage,
                                                const std::filesystem::path &file) {
    constexpr std::size_t max_bytes = 64;
    try {
        if (storage.kind(file) == partitions::FileKind::file)
            return milliseconds_in(partitions::read_whole_file(storage, file, max_bytes));
        const auto took = time_since_start_of_system();
        partitions::make_directories(storage, file.parent_path());
        partitions::replace_file(storage, file, std::to_string(took.count()) + "\n");
        return took;
    } catch (const std::exception &failure) {
        std::cerr << "how long the system took to start is not known: " << failure.what() << '\n';
        return std::nullopt;
    }
}

} // namespace updater::agent::parts
