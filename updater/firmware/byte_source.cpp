// Reads small ranges into memory.
#include "updater/firmware/byte_source.hpp"

#include <algorithm>

namespace updater::firmware {

std::string read_all(ByteSource &source, ByteRange range, const std::stop_token &stop) {
    std::string contents;
    contents.reserve(range.length_bytes);
    source.read(
        {&range, 1},
        [&](std::uint64_t, std::span<const std::byte> bytes) {
            contents.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        },
        stop);
    return contents;
}

} // namespace updater::firmware
