// Reads with pread(2), piece by piece.
#include "updater/firmware/file_source.hpp"

#include "updater/cancelled.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace updater::firmware {

namespace {

/// Small enough to stay in the processor's cache until the sink has processed it.
constexpr std::size_t piece_bytes = 256UL * 1024;

} // namespace

FileSource::FileSource(const std::filesystem::path &file) : name_(file.string()) {
    const auto refuse = [this](const std::string &why) {
        throw FirmwareRefused(FirmwareRefusal::not_a_firmware_file, "the firmware " + name_ + ": " + why);
    };
    // O_NONBLOCK, because opening a FIFO would wait for its writer.
    file_ = partitions::base::FileDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file_.valid())
        refuse("it cannot be opened: " + std::generic_category().message(errno));
    struct stat status {};
    if (::fstat(file_.number(), &status) != 0 || !S_ISREG(status.st_mode))
        refuse("it is not an ordinary file");
}

void FileSource::read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) {
    buffer_.resize(piece_bytes);
    for (ByteRange rest : ranges) {
        while (!rest.empty()) {
            if (stop.stop_requested())
                throw Cancelled();
            const std::size_t wanted = std::min<std::uint64_t>(rest.length_bytes, buffer_.size());
            const ssize_t length =
                ::pread(file_.number(), buffer_.data(), wanted, static_cast<off_t>(rest.offset_bytes));
            if (length < 0 && errno == EINTR)
                continue;
            if (length < 0)
                throw FirmwareDamaged("the firmware " + name_ + " cannot be read at " +
                                      std::to_string(rest.offset_bytes) +
                                      " bytes: " + std::generic_category().message(errno));
            if (length == 0)
                throw FirmwareDamaged("the firmware " + name_ + " is not whole: it ends after " +
                                      std::to_string(rest.offset_bytes) + " bytes");
            const auto got = static_cast<std::size_t>(length);
            fetched_bytes_ += got;
            sink(rest.offset_bytes, std::span(buffer_).first(got));
            rest = rest.without_first(got);
        }
    }
}

} // namespace updater::firmware
