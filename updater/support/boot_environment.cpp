#include "updater/support/boot_environment.hpp"

#include "updater/support/not_to_be_had.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace updater::support {

namespace {

constexpr std::string_view signature = "# GRUB Environment Block\n";
constexpr std::size_t environment_bytes = 1024;
constexpr std::uint64_t max_bytes_read = 256UL * 1024 * 1024;
constexpr std::size_t piece_bytes = 1024UL * 1024;
constexpr std::size_t least_block_bytes = 1024; ///< of ext4; a file begins with a block

/// Without the padding.
std::string lines_of(std::string_view block) {
    const std::size_t last = block.find_last_not_of('#');
    return std::string(block.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

} // namespace

std::string boot_environment(partitions::Storage &storage, const std::filesystem::path &device) {
    const auto open_device = storage.open(device, partitions::OpenMode::block_device_shared);
    const std::uint64_t end = std::min(open_device->size_bytes(), max_bytes_read);
    std::vector<std::byte> piece(piece_bytes);
    for (std::uint64_t offset = 0; offset < end; offset += piece_bytes) {
        const std::size_t length = open_device->read_at(offset, piece);
        const std::string_view bytes(reinterpret_cast<const char *>(piece.data()), length);
        for (std::size_t at = 0; at + environment_bytes <= length; at += least_block_bytes)
            if (bytes.substr(at).starts_with(signature))
                return lines_of(bytes.substr(at, environment_bytes));
    }
    throw NotToBeHad("no environment block of GRUB was found on " + device.string());
}

} // namespace updater::support
