#include "updater/available/last_check.hpp"

#include "partitions/durable.hpp"
#include "updater/text/utc_time.hpp"

#include <utility>

namespace updater::available {

namespace {

constexpr std::size_t max_time_bytes = 64;

std::optional<std::chrono::sys_seconds> read_time(partitions::Storage &storage,
                                                  const std::filesystem::path &file) {
    if (storage.kind(file) != partitions::FileKind::file)
        return std::nullopt;
    return text::parse_utc(partitions::read_whole_file(storage, file, max_time_bytes));
}

} // namespace

LastCheck::LastCheck(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)), time_(read_time(storage_, file_)) {}

void LastCheck::remember(std::chrono::sys_seconds time) {
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, text::utc_text(time));
    time_ = time;
}

} // namespace updater::available
