// The .part file of a download.
#include "updater/download/partial_file.hpp"

namespace updater {

PartialFile::PartialFile(partitions::Storage &storage, std::filesystem::path target)
    : storage_(storage), target_(std::move(target)), part_(target_.string() + ".part"),
      file_(storage_.open(part_, partitions::OpenMode::create_or_truncate)) {}

PartialFile::~PartialFile() {
    if (!file_)
        return;
    try {
        file_.reset();
        storage_.remove(part_);
    } catch (const partitions::StorageError &) {
        // The error that led here is being reported. What is left is overwritten by the next download.
    }
}

void PartialFile::append(std::span<const std::byte> bytes) {
    file_->append(bytes);
}

void PartialFile::finish() {
    // Contents first: after a power cut a file under its final name has to be a whole one.
    file_->sync();
    file_->close();
    storage_.rename(part_, target_);
    file_.reset();
    storage_.sync_directory(target_.parent_path());
}

} // namespace updater
