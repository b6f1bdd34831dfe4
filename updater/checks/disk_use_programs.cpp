#include "updater/checks/disk_use_programs.hpp"

#include "updater/cancelled.hpp"
#include "updater/text/byte_amount.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace updater::checks {

namespace {

/// Somebody waits for the answer, so few programs and little time.
constexpr std::size_t max_programs = 4;
constexpr std::chrono::seconds time_to_measure{10};
constexpr std::size_t max_lines = 8;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "BYTES TEXT | ADVICE"; the advice may be missing.
std::optional<DiskPart> part_in(std::string_view line) {
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), bytes);
    if (error != std::errc() || end == line.data() + line.size() || *end != ' ')
        return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    const std::size_t bar = line.find('|');
    const std::string text(trimmed(line.substr(0, bar)));
    if (text.empty())
        return std::nullopt;
    return DiskPart{text + ": " + text::bytes_text(bytes), bytes,
                    bar == std::string_view::npos ? "" : std::string(trimmed(line.substr(bar + 1)))};
}

void add_parts_of(const std::filesystem::path &program, const std::filesystem::path &path,
                  hooks::runner::HookRunner &programs, const std::stop_token &stop,
                  std::vector<DiskPart> &parts) {
    hooks::runner::HookCall call;
    call.program = program;
    call.arguments = {path.string()};
    call.environment = {{"UPDATE_CONTROL_CONTRACT", "1"}, {"LC_ALL", "C.UTF-8"}};
    call.time_limit = time_to_measure;
    // It asks the running store, and changes nothing: see updater/contracts.md.
    call.sees_sockets = true;
    call.private_network = false;
    call.capabilities = hooks::runner::capabilities_for_looking;
    call.in_background = true;
    const std::size_t bound = parts.size() + max_lines;
    const auto result = programs.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            const auto part = part_in(line);
            if (part && part->bytes > 0 && parts.size() < bound)
                parts.push_back(*part);
        },
        stop);
    if (result.stopped)
        throw Cancelled();
}

} // namespace

std::vector<DiskPart> vendor_disk_use(const std::filesystem::path &folder, const std::filesystem::path &path,
                                      partitions::Storage &storage, hooks::runner::HookRunner &programs,
                                      const std::stop_token &stop) {
    std::vector<DiskPart> parts;
    if (storage.kind(folder) != partitions::FileKind::directory)
        return parts;
    std::size_t count = 0;
    for (const std::filesystem::path &program : storage.list(folder)) {
        if (storage.kind(program) != partitions::FileKind::file || ++count > max_programs)
            continue;
        try {
            add_parts_of(program, path, programs, stop, parts);
        } catch (const hooks::runner::HookRunnerError &) {
            // The space is short whether or not the product can say what would help.
        }
    }
    return parts;
}

} // namespace updater::checks
