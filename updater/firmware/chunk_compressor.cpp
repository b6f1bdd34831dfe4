// Worker threads take chunks from a counter and append their results in the order of the image.
#include "updater/firmware/chunk_compressor.hpp"

#include "updater/cancelled.hpp"

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
#include <zstd.h>

namespace updater {

namespace {

class ImageFile {
  public:
    explicit ImageFile(std::filesystem::path path) : path_(std::move(path)) {
        file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        if (file_ < 0)
            fail();
    }
    ~ImageFile() { ::close(file_); } // Only read from.
    ImageFile(const ImageFile &) = delete;
    ImageFile &operator=(const ImageFile &) = delete;

    void read(std::uint64_t offset_bytes, std::span<std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t length =
                ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
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
    int file_ = -1;
};

class Compressor {
  public:
    explicit Compressor(int level) : context_(ZSTD_createCCtx()), stored_(ZSTD_compressBound(chunk_bytes)) {
        if (!context_)
            throw std::bad_alloc();
        if (ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level)) != 0)
            throw std::runtime_error("compression level " + std::to_string(level) + " is not possible");
    }

    /// Valid until the next call.
    std::span<const std::byte> compress(std::span<const std::byte> raw) {
        const std::size_t length =
            ZSTD_compress2(context_.get(), stored_.data(), stored_.size(), raw.data(), raw.size());
        if (ZSTD_isError(length) != 0)
            throw std::runtime_error(std::string("cannot compress the image: ") + ZSTD_getErrorName(length));
        return std::span(stored_).first(length);
    }

  private:
    struct Free {
        void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context_;
    std::vector<std::byte> stored_;
};

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

    ChunkIndex take_index() { return std::move(index_); }

  private:
    void work() {
        try {
            Compressor compressor(level_);
            std::vector<std::byte> raw;
            while (const std::optional<Chunk> taken = take_chunk()) {
                Chunk chunk = *taken;
                raw.resize(static_cast<std::size_t>(chunk.raw_bytes));
                image_.read(chunk.offset_bytes, raw);
                const bool zero =
                    std::ranges::all_of(raw, [](std::byte byte) { return byte == std::byte{}; });
                std::span<const std::byte> stored;
                if (!zero)
                    stored = compressor.compress(raw);
                chunk.kind = zero ? ChunkKind::zero : ChunkKind::zstd;
                chunk.stored_bytes = stored.size();
                chunk.raw_sha256 = sha256_of(raw);
                chunk.stored_sha256 = sha256_of(stored);
                append(chunk, stored);
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failure_)
                failure_ = std::current_exception();
            changed_.notify_all();
        }
    }

    std::optional<Chunk> take_chunk() {
        const std::lock_guard lock(mutex_);
        if (failure_ || taken_bytes_ == image_bytes_)
            return std::nullopt;
        if (stop_.stop_requested())
            throw Cancelled();
        Chunk chunk;
        chunk.offset_bytes = taken_bytes_;
        chunk.raw_bytes = std::min<std::uint64_t>(chunk_bytes, image_bytes_ - taken_bytes_);
        taken_bytes_ += chunk.raw_bytes;
        return chunk;
    }

    /// Waits until all chunks before this one were appended.
    void append(Chunk chunk, std::span<const std::byte> stored) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return failure_ || index_.image_bytes == chunk.offset_bytes; });
        if (failure_)
            return;
        stored_.write(reinterpret_cast<const char *>(stored.data()),
                      static_cast<std::streamsize>(stored.size()));
        chunk.stored_offset_bytes = index_.stored_bytes;
        index_.image_bytes += chunk.raw_bytes;
        index_.stored_bytes += chunk.stored_bytes;
        index_.chunks.push_back(chunk);
        if (progress_)
            progress_(index_.image_bytes, image_bytes_);
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
    ChunkIndex index_;
    std::exception_ptr failure_;
};

} // namespace

ChunkIndex compress_image(const FirmwareParts &parts, std::ostream &stored, const BuildProgress &progress,
                          std::stop_token stop) {
    ImageCompression compression(parts, stored, progress, std::move(stop));
    compression.run(parts.threads > 0 ? parts.threads : std::max(1U, std::thread::hardware_concurrency()));
    return compression.take_index();
}

} // namespace updater
