// Writing and reading the journal's file.
#include "updater/job/journal.hpp"

#include "partitions/durable.hpp"
#include "updater/job/record_lines.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace updater::job {

namespace {

constexpr std::size_t max_journal_bytes = 4U << 20U;
/// More than the records of a job that fails and is rolled back.
constexpr std::size_t reserve_bytes = 64 * 1024;

} // namespace

Journal::Journal(partitions::Storage &storage, std::filesystem::path file, std::string boot_id, Clock clock)
    : storage_(storage), file_(std::move(file)), boot_id_(std::move(boot_id)), clock_(std::move(clock)) {}

JournalContents Journal::read() {
    if (storage_.kind(file_) == partitions::FileKind::none)
        return {};
    return parse_lines(partitions::read_whole_file(storage_, file_, max_journal_bytes)).contents;
}

void Journal::begin(Record first) {
    partitions::make_directories(storage_, file_.parent_path());
    // First: a job whose rollback could not be recorded must not begin.
    if (storage_.kind(reserve()) == partitions::FileKind::none)
        partitions::replace_file(storage_, reserve(), std::string(reserve_bytes, '\n'), 0600);
    partitions::replace_file(storage_, file_, line_of(stamped(std::move(first))), 0600);
    tail_is_clean_ = true;
}

void Journal::cut_torn_tail() {
    const auto text = partitions::read_whole_file(storage_, file_, max_journal_bytes);
    const auto trusted_bytes = parse_lines(text).trusted_bytes;
    if (trusted_bytes != text.size())
        partitions::replace_file(storage_, file_, std::string_view(text).substr(0, trusted_bytes), 0600);
}

void Journal::append(Record record) {
    const auto line = line_of(stamped(std::move(record)));
    try {
        write_line(line);
    } catch (const partitions::StorageFull &) {
        if (storage_.kind(reserve()) == partitions::FileKind::none)
            throw;
        storage_.remove(reserve());
        storage_.sync_filesystem(file_); // frees the space now, not at the next checkpoint
        write_line(line);
    }
}

void Journal::write_line(const std::string &line) {
    if (!tail_is_clean_)
        cut_torn_tail();
    // Until the sync has succeeded the tail may be torn, and the next append must check it again.
    tail_is_clean_ = false;
    const auto file = storage_.open(file_, partitions::OpenMode::append, 0600);
    file->append(std::as_bytes(std::span(line)));
    file->sync();
    file->close();
    tail_is_clean_ = true;
}

std::filesystem::path Journal::reserve() const {
    auto path = file_;
    path += ".reserve";
    return path;
}

Record Journal::stamped(Record record) const {
    record.boot_id = boot_id_;
    record.time = clock_();
    return record;
}

} // namespace updater::job
