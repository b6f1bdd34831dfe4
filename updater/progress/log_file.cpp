#include "updater/progress/log_file.hpp"

#include "updater/messages/code.hpp"

#include "partitions/durable.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace updater::progress {

LogFile::LogFile(partitions::Storage &storage, std::filesystem::path path, std::string job)
    : storage_(storage), path_(std::move(path)), job_(std::move(job)) {}

LogFile::~LogFile() = default;

std::optional<std::string> LogFile::write(const Event &event) {
    try {
        if (!file_)
            open();
        if (const std::string lines = lines_for(event); !lines.empty())
            append(lines);
        missing_lines_ = 0;
    } catch (const partitions::StorageError &failure) {
        file_.reset();
        if (missing_lines_++ == 0)
            return failure.what();
    }
    return std::nullopt;
}

std::string LogFile::lines_for(const Event &event) {
    Event note = event;
    note.severity = job::Severity::warning;
    note.code = messages::text_of(messages::Code::log_not_written);
    const std::uint64_t room_bytes = event.severity <= job::Severity::info ? max_bytes : 2 * max_bytes;
    if (bytes_ > room_bytes) {
        if (std::exchange(said_full_, true))
            return {};
        note.text =
            "this file is as long as it may be; from here on lines are missing, they are in the journal: "
            "journalctl UPDATE_CONTROL_JOB=" +
            job_;
        return log_line(note) + "\n";
    }
    std::string lines;
    if (missing_lines_ != 0) {
        note.text = std::to_string(missing_lines_) +
                    " lines before this one are missing here, the file could not be written; they are in the "
                    "journal";
        lines = log_line(note) + "\n";
    }
    return lines + log_line(event) + "\n";
}

void LogFile::append(const std::string &lines) {
    file_->append(std::as_bytes(std::span(lines)));
    file_->sync();
    bytes_ += lines.size();
}

void LogFile::open() {
    const std::filesystem::path folder = path_.parent_path();
    partitions::make_directories(storage_, folder);
    const bool is_new = storage_.kind(path_) == partitions::FileKind::none;
    bool ends_mid_line = false;
    bytes_ = 0;
    if (!is_new) {
        const auto present = storage_.open(path_, partitions::OpenMode::read);
        bytes_ = present->size_bytes();
        std::array<std::byte, 1> last{};
        if (bytes_ != 0)
            ends_mid_line = present->read_at(bytes_ - 1, last) == 1 && last[0] != std::byte{'\n'};
        present->close();
    }
    constexpr mode_t readable_by_administrators = 0640;
    auto file = storage_.open(path_, partitions::OpenMode::append, readable_by_administrators);
    // A crash or a full disk may have left half a line, to which the next one must not be appended.
    if (ends_mid_line)
        file->append(std::as_bytes(std::span("\n", 1)));
    // The name must be as durable as the lines, or a power cut loses the whole log.
    if (is_new)
        storage_.sync_directory(folder);
    file_ = std::move(file);
}

} // namespace updater::progress
