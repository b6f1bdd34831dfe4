// Hashes what is on the device.
#include "partitions/read_back.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/sha256.hpp"
#include "partitions/base/threads.hpp"
#include "partitions/zeros.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>

namespace partitions {

namespace {

constexpr std::string_view all_zeros = "-";
constexpr std::size_t sha256_hex_length = 64;
constexpr std::size_t buffer_bytes = std::size_t{1} << 20; // for each thread

void check_hashes(const std::vector<ExpectedRange> &ranges) {
    for (const ExpectedRange &range : ranges) {
        const bool is_hash = range.sha256_hex.size() == sha256_hex_length &&
                             range.sha256_hex.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!is_hash && range.sha256_hex != all_zeros)
            throw std::invalid_argument("not a SHA-256 in lower-case hexadecimal: '" + range.sha256_hex +
                                        "'");
    }
}

// Reads the range in pieces and hands each to the function.
template <typename Function>
void for_each_piece(File &file, const std::filesystem::path &device, const ExpectedRange &range,
                    std::span<std::byte> buffer, const std::stop_token &stop, Function function) {
    for (std::uint64_t done = 0; done < range.length_bytes;) {
        if (stop.stop_requested())
            throw ReadBackStopped("stopped reading back " + device.string() + " as asked");
        const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), range.length_bytes - done);
        const std::size_t got = file.read_at(range.offset_bytes + done, buffer.first(wanted));
        if (got < wanted)
            throw ReadBackMismatch(device, range.offset_bytes + done + got, "the device ends there");
        function(buffer.first(got));
        done += got;
    }
}

void check_range(File &file, const std::filesystem::path &device, const ExpectedRange &range,
                 std::span<std::byte> buffer, const std::stop_token &stop) {
    base::Sha256Hasher hasher;
    bool zeros = true;
    for_each_piece(file, device, range, buffer, stop, [&](std::span<const std::byte> piece) {
        if (range.sha256_hex == all_zeros)
            zeros = zeros && all_zero(piece);
        else
            hasher.add(piece);
    });
    const std::string length = std::to_string(range.length_bytes);
    if (range.sha256_hex == all_zeros) {
        if (!zeros)
            throw ReadBackMismatch(device, range.offset_bytes,
                                   "the next " + length + " bytes are not all zero");
    } else if (const std::string found = base::to_hexadecimal(hasher.finish()); found != range.sha256_hex) {
        throw ReadBackMismatch(device, range.offset_bytes,
                               "the next " + length + " bytes have the SHA-256 " + found + " instead of " +
                                   range.sha256_hex);
    }
}

} // namespace

ReadBackMismatch::ReadBackMismatch(const std::filesystem::path &device, std::uint64_t offset_bytes,
                                   const std::string &what)
    : std::runtime_error(
          device.string() + " does not hold what was written to it, at byte " + std::to_string(offset_bytes) +
          ": " + what +
          "; the disk (or its controller or memory) is not reliable: check it before trying again; if it is "
          "sound, the firmware was made wrong: ask its maker"),
      offset_bytes_(offset_bytes) {}

void read_back(File &file, const std::filesystem::path &device, const std::vector<ExpectedRange> &ranges,
               unsigned threads, const std::function<void(std::uint64_t, std::uint64_t)> &on_progress,
               const std::stop_token &stop) {
    check_hashes(ranges);
    std::uint64_t bytes_all = 0;
    for (const ExpectedRange &range : ranges)
        bytes_all += range.length_bytes;
    std::vector<AlignedBuffer> buffers;
    for (unsigned thread = 0; thread < std::max(1U, threads); ++thread)
        buffers.emplace_back(buffer_bytes);
    std::mutex telling;
    std::uint64_t bytes_done = 0;
    base::for_each_in_threads(ranges.size(), threads, [&](std::size_t number, unsigned thread) {
        check_range(file, device, ranges[number], buffers[thread].span(), stop);
        const std::lock_guard lock(telling);
        bytes_done += ranges[number].length_bytes;
        if (on_progress)
            on_progress(bytes_done, bytes_all);
    });
}

void read_back(Storage &storage, const std::filesystem::path &device,
               const std::vector<ExpectedRange> &ranges,
               const std::function<void(std::uint64_t, std::uint64_t)> &on_progress,
               const std::stop_token &stop) {
    // Past the page cache: the cache would show what should have been written.
    const std::unique_ptr<File> file = storage.open(device, OpenMode::block_device);
    read_back(*file, device, ranges, 1, on_progress, stop);
    file->close();
}

} // namespace partitions
