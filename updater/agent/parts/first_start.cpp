#include "updater/agent/parts/first_start.hpp"

#include "partitions/durable.hpp"

#include <charconv>
#include <exception>
#include <iostream>

namespace updater::agent::parts {

namespace {

using std::chrono::milliseconds;

milliseconds uptime() {
    return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

std::optional<milliseconds> milliseconds_in(const std::string &text) {
    milliseconds::rep count = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc() && count >= 0 ? std::optional(milliseconds(count)) : std::nullopt;
}

} // namespace

std::optional<milliseconds> uptime_at_first_start(partitions::Storage &storage,
                                                  const std::filesystem::path &file) {
    constexpr std::size_t max_bytes = 64;
    try {
        if (storage.kind(file) == partitions::FileKind::file)
            return milliseconds_in(partitions::read_whole_file(storage, file, max_bytes));
        const auto now = uptime();
        partitions::make_directories(storage, file.parent_path());
        partitions::replace_file(storage, file, std::to_string(now.count()) + "\n");
        return now;
    } catch (const std::exception &failure) {
        std::cerr << "how long the machine took to start is not known: " << failure.what() << '\n';
        return std::nullopt;
    }
}

} // namespace updater::agent::parts
