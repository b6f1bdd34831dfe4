#include "updater/health/store_inspection.hpp"

#include "updater/cancelled.hpp"

#include <charconv>
#include <optional>

namespace updater::health {
namespace {

std::optional<std::uint64_t> parse_records(std::string_view line) {
    constexpr std::string_view word = "records ";
    if (!line.starts_with(word))
        return std::nullopt;
    line.remove_prefix(word.size());
    std::uint64_t records = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), records);
    if (error != std::errc() || rest != line.data() + line.size())
        return std::nullopt;
    return records;
}

} // namespace

std::uint64_t count_records(hooks::runner::HookRunner &programs, const configuration::Store &store,
                            const hooks::runner::OnLine &on_line, std::stop_token stop,
                            std::chrono::seconds time_limit) {
    hooks::runner::HookCall call;
    call.program = store.inspect;
    call.time_limit = time_limit;
    // It is a client of the running database.
    call.private_network = false;
    call.protect_system = false;
    std::optional<std::uint64_t> records;
    const hooks::runner::HookResult result = programs.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            if (const auto found = parse_records(line))
                records = found;
            on_line(line);
        },
        stop);
    if (result.stopped)
        throw Cancelled();
    if (hooks::runner::outcome(result) != hooks::runner::HookOutcome::done)
        throw StoreInspectionFailed("the " + store.name + " cannot be read: " + store.inspect.string() + " " +
                                    result.reason);
    if (!records)
        throw StoreInspectionFailed("the " + store.name + " cannot be read: " + store.inspect.string() +
                                    " did not print a line \"records N\"");
    return *records;
}

} // namespace updater::health
