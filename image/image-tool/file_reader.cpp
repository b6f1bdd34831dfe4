// Reading files; see the header.
#include "image/image-tool/file_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace image_tool {
namespace {

constexpr std::uint64_t max_read_bytes = 1024 * 1024;

} // namespace

bool is_zero(std::span<const std::byte> bytes) {
    return bytes.empty() ||
           (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

FileReader::FileReader(const std::filesystem::path &file)
    : file_(file), descriptor_(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (descriptor_ < 0)
        throw std::system_error(errno, std::generic_category(), "cannot open " + file.string());
}

FileReader::~FileReader() {
    close(descriptor_);
}

std::span<const std::byte> FileReader::read(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    buffer_.resize(std::min(length_bytes, max_read_bytes));
    std::size_t done = 0;
    while (done < buffer_.size()) {
        const ssize_t got = pread(descriptor_, buffer_.data() + done, buffer_.size() - done,
                                  static_cast<off_t>(offset_bytes + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw std::system_error(errno, std::generic_category(), "cannot read " + file_.string());
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return {buffer_.data(), done};
}

std::vector<Run> stored_runs(const std::filesystem::path &file, std::uint64_t size_bytes) {
    FileReader reader(file);
    std::vector<Run> runs;
    std::uint64_t zero_blocks = 0;
    const auto add = [&](std::uint64_t block) {
        if (!runs.empty() && zero_blocks < shortest_hole_blocks)
            runs.back().blocks += zero_blocks + 1;
        else if (runs.empty() && zero_blocks < shortest_hole_blocks)
            runs.push_back({0, zero_blocks + 1});
        else
            runs.push_back({block, 1});
        zero_blocks = 0;
    };
    std::uint64_t block = 0;
    for (std::uint64_t done_bytes = 0; done_bytes < size_bytes;) {
        const auto piece = reader.read(done_bytes, size_bytes - done_bytes);
        if (piece.empty())
            throw std::system_error(EIO, std::generic_category(), file.string() + " became shorter");
        for (std::size_t at = 0; at < piece.size(); at += block_bytes, ++block) {
            if (is_zero(piece.subspan(at, std::min(block_bytes, piece.size() - at))))
                ++zero_blocks;
            else
                add(block);
        }
        done_bytes += piece.size();
    }
    if (zero_blocks > 0 && zero_blocks < shortest_hole_blocks) { // a short stretch at the end
        if (runs.empty())
            runs.push_back({0, zero_blocks});
        else
            runs.back().blocks += zero_blocks;
    }
    return runs;
}

} // namespace image_tool
