// The .part file of a download.
#include "updater/download/partial_file.hpp"

namespace updater {

PartialFile::PartialFile(partitions::Storage &storage, std::filesystem::path target)
    : storage_(storage), target_(std::move(target)), part_(target_.string() + ".part"),
      file_(storage_.open(part_, partitions::OpenMode::create_or_truncate)) {}

void PartialFile::append(std::span<const std::byte> bytes) {
    file_->append(bytes);
}

void PartialFile::finish() {
    // Contents first: after a power cut a file under its final name has to be a whole one.
    file_->sync();
    file_->close();
    storage_.rename(part_, target_);
    storage_.sync_directory(target_.parent_path());
}

void PartialFile::discard() {
    file_.reset();
    try {
        storage_.remove(part_);
    } catch (const partitions::StorageError &) {
        // See the header.
    }
}

} // namespace updater
