// Any bytes as a stored chunk of any length. Expected: std::runtime_error. Nothing is written beside the
// chunk, all of it is written, unit by unit gives the same, and the decoder is as good as new afterwards.
#include "tests/fuzz/input.hpp"
#include "updater/firmware/chunk_codec.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

using namespace updater;
using namespace updater::firmware;

namespace {

/// More than a unit may refer to. With whole chunks most of the time would go into filling them.
constexpr std::size_t most_raw_bytes = unit_prefix_bytes + 2 * unit_bytes;

/// A chunk between bytes that nobody may write. Zstandard is not compiled with sanitizers, so they would not
/// see it.
class GuardedChunk {
  public:
    GuardedChunk(std::size_t length, std::byte before) : bytes_(length + 2 * guard_bytes, guard) {
        if (length > 0)
            std::memset(raw().data(), std::to_integer<int>(before), length);
    }
    std::span<std::byte> raw() {
        return std::span(bytes_).subspan(guard_bytes, bytes_.size() - 2 * guard_bytes);
    }
    void check() const {
        const auto intact = [](std::span<const std::byte> bytes) {
            return std::ranges::all_of(bytes, [](std::byte byte) { return byte == guard; });
        };
        fuzz::require(intact(std::span(bytes_).first(guard_bytes)) &&
                          intact(std::span(bytes_).last(guard_bytes)),
                      "nothing is written outside of the chunk");
    }

  private:
    static constexpr std::size_t guard_bytes = 64;
    static constexpr std::byte guard{0xa5};
    std::vector<std::byte> bytes_;
};

/// Empty if the bytes were refused.
std::vector<std::byte> unpack(firmware::ChunkDecoder &decoder, std::span<const std::byte> stored,
                              std::size_t length, std::byte before) {
    GuardedChunk chunk(length, before);
    try {
        decoder.unpack(stored, chunk.raw());
    } catch (const std::runtime_error &) {
        chunk.check();
        return {};
    }
    chunk.check();
    return {chunk.raw().begin(), chunk.raw().end()};
}

void check_single_units(firmware::ChunkDecoder &decoder, std::span<const std::byte> stored,
                        std::span<const std::byte> whole) {
    constexpr std::size_t length_field_bytes = 4;
    auto frames = stored.subspan(unit_count(whole.size()) * length_field_bytes);
    GuardedChunk chunk(whole.size(), std::byte{0x33});
    for (std::size_t unit = 0; unit < unit_count(whole.size()); ++unit) {
        std::size_t length = 0;
        for (std::size_t index = length_field_bytes; index-- > 0;)
            length = length << 8U | std::to_integer<std::size_t>(stored[unit * length_field_bytes + index]);
        decoder.unpack_unit(frames.first(length), unit, chunk.raw());
        frames = frames.subspan(length);
    }
    chunk.check();
    fuzz::require(std::ranges::equal(chunk.raw(), whole), "unit by unit makes the same chunk");
}

/// A chunk that is known to be good, to be unpacked after whatever came before.
const std::vector<std::byte> &good_chunk() {
    static const std::vector<std::byte> stored = [] {
        const std::vector<std::byte> raw(100, std::byte{'x'});
        firmware::ChunkEncoder encoder(1);
        const auto encoded = encoder.encode(raw);
        return std::vector<std::byte>(encoded.stored.begin(), encoded.stored.end());
    }();
    return stored;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(input.number(), most_raw_bytes));
    firmware::ChunkDecoder decoder;
    const auto whole = unpack(decoder, input.bytes(), length, std::byte{0});
    if (!whole.empty()) {
        fuzz::require(unpack(decoder, input.bytes(), length, std::byte{0xff}) == whole,
                      "all of the chunk is written");
        check_single_units(decoder, input.bytes(), whole);
    }
    fuzz::require(unpack(decoder, good_chunk(), 100, std::byte{0}) ==
                      std::vector<std::byte>(100, std::byte{'x'}),
                  "a decoder can be used again after bad bytes");
    return 0;
}
