// Worker threads take chunks from a counter and append their results in the order of the image.
#include "image/firmware-writer/chunk_compressor.hpp"

#include "partitions/base/file_descriptor.hpp"
#include "partitions/zeros.hpp"
#include "updater/cancelled.hpp"
#include "updater/firmware/chunk_codec.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace firmware_writer {

namespace {

class ImageFile {
  public:
    explicit ImageFile(std::filesystem::path path)
        : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (!file_.valid())
            fail();
    }

    void read(std::uint64_t offset_bytes, std::span<std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t length =
                ::pread(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
            if (length < 0)
                fail();
            if (length == 0)
                throw std::runtime_error("the image " + path_.string() + " became shorter while it was read");
            offset_bytes += static_cast<std::uint64_t>(length);
            bytes = bytes.subspan(static_cast<std::size_t>(length));
        }
    }

  private:
    [[noreturn]] void fail() const {
        throw std::system_error(errno, std::generic_category(), "cannot read the image " + path_.string());
    }

    std::filesystem::path path_;
    partitions::base::FileDescriptor file_;
};

/// The units of one encoded chunk; their offsets are known when the chunk has its own.
std::vector<updater::firmware::Unit> units_of(std::span<const std::byte> raw,
                                              const updater::firmware::ChunkEncoder::Encoded &encoded) {
    std::vector<updater::firmware::Unit> units(encoded.frames.size());
    for (std::size_t index = 0; index < units.size(); ++index) {
        const auto frame = encoded.frames[index];
        if (frame.empty())
            continue;
        updater::firmware::Unit &unit = units[index];
        unit.stored_offset_bytes = static_cast<std::uint64_t>(frame.data() - encoded.stored.data());
        unit.stored_bytes = static_cast<std::uint32_t>(frame.size());
        unit.stored_hash = updater::firmware::unit_hash(frame);
        const auto unit_raw = raw.subspan(
            index * updater::firmware::unit_bytes,
            std::min(updater::firmware::unit_bytes, raw.size() - index * updater::firmware::unit_bytes));
        for (std::size_t begin = 0; begin < unit_raw.size(); begin += updater::firmware::lookup_block_bytes)
            unit.blocks.push_back(updater::firmware::block_tag(unit_raw.subspan(
                begin, std::min(updater::firmware::lookup_block_bytes, unit_raw.size() - begin))));
    }
    return units;
}

/// What the threads share.
class ImageCompression {
  public:
    ImageCompression(const FirmwareParts &parts, std::ostream &stored, const BuildProgress &progress,
                     std::stop_token stop)
        : image_(parts.image), level_(parts.compression_level), stored_(stored), progress_(progress),
          stop_(std::move(stop)), image_bytes_(std::filesystem::file_size(parts.image)) {}

    void run(unsigned threads) {
        {
            std::vector<std::jthread> workers;
            for (unsigned number = 0; number < threads; ++number)
                workers.emplace_back([this] { work(); });
        }
        if (failure_)
            std::rethrow_exception(failure_);
    }

    CompressedImage take_result() { return std::move(result_); }

  private:
    void work() {
        try {
            updater::firmware::ChunkEncoder encoder(level_);
            std::vector<std::byte> raw;
            while (const std::optional<updater::firmware::Chunk> taken = take_chunk()) {
                updater::firmware::Chunk chunk = *taken;
                raw.resize(static_cast<std::size_t>(chunk.raw_bytes));
                image_.read(chunk.offset_bytes, raw);
                chunk.raw_sha256 = partitions::base::sha256_of(raw);
                updater::firmware::ChunkEncoder::Encoded encoded;
                std::vector<updater::firmware::Unit> units;
                chunk.kind = partitions::all_zero(raw) ? updater::firmware::ChunkKind::zero
                                                       : updater::firmware::ChunkKind::zstd_units;
                if (chunk.kind == updater::firmware::ChunkKind::zstd_units) {
                    encoded = encoder.encode(raw);
                    units = units_of(raw, encoded);
                }
                chunk.stored_bytes = encoded.stored.size();
                chunk.stored_sha256 = partitions::base::sha256_of(encoded.stored);
                append(chunk, encoded.stored, std::move(units));
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failure_)
                failure_ = std::current_exception();
            changed_.notify_all();
        }
    }

    std::optional<updater::firmware::Chunk> take_chunk() {
        const std::lock_guard lock(mutex_);
        if (failure_ || taken_bytes_ == image_bytes_)
            return std::nullopt;
        if (stop_.stop_requested())
            throw updater::Cancelled();
        updater::firmware::Chunk chunk;
        chunk.offset_bytes = taken_bytes_;
        chunk.raw_bytes =
            std::min<std::uint64_t>(updater::firmware::chunk_bytes, image_bytes_ - taken_bytes_);
        taken_bytes_ += chunk.raw_bytes;
        return chunk;
    }

    /// Waits until all chunks before this one were appended.
    void append(updater::firmware::Chunk chunk, std::span<const std::byte> stored,
                std::vector<updater::firmware::Unit> units) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return failure_ || result_.chunks.image_bytes == chunk.offset_bytes; });
        if (failure_)
            return;
        stored_.write(reinterpret_cast<const char *>(stored.data()),
                      static_cast<std::streamsize>(stored.size()));
        updater::firmware::ChunkIndex &index = result_.chunks;
        chunk.stored_offset_bytes = index.stored_bytes;
        for (updater::firmware::Unit &unit : units)
            unit.stored_offset_bytes += chunk.stored_offset_bytes;
        index.image_bytes += chunk.raw_bytes;
        index.stored_bytes += chunk.stored_bytes;
        index.chunks.push_back(chunk);
        result_.units.push_back(std::move(units));
        if (progress_)
            progress_(index.image_bytes, image_bytes_);
        changed_.notify_all();
    }

    ImageFile image_;
    int level_;
    std::ostream &stored_;
    const BuildProgress &progress_;
    std::stop_token stop_;
    std::uint64_t image_bytes_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t taken_bytes_ = 0;
    CompressedImage result_;
    std::exception_ptr failure_;
};

} // namespace

CompressedImage compress_image(const FirmwareParts &parts, std::ostream &stored,
                               const BuildProgress &progress, std::stop_token stop) {
    ImageCompression compression(parts, stored, progress, std::move(stop));
    compression.run(parts.threads > 0 ? parts.threads : std::max(1U, std::thread::hardware_concurrency()));
    return compression.take_result();
}

} // namespace firmware_writer
