// Any bytes as the record of a chunk of any length. Expected: std::runtime_error, and what the base throws.
// What is made depends on record and base alone: no byte of the chunk is left out.
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/patch_base.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

using namespace updater;
using namespace updater::firmware;

namespace {

/// No std::exception: only as itself may it come through.
struct BeyondTheBase {};

/// Longer than the base. With whole chunks most of the time would go into filling them.
constexpr std::size_t most_raw_bytes = 128UL * 1024;

void read_base(std::uint64_t offset_bytes, std::span<std::byte> into) {
    static const std::vector<std::byte> base = fuzz::patch_base();
    fuzz::require(!into.empty(), "nothing is read from the base for nothing");
    if (offset_bytes > base.size() || into.size() > base.size() - offset_bytes)
        throw BeyondTheBase();
    std::ranges::copy(std::span(base).subspan(static_cast<std::size_t>(offset_bytes), into.size()),
                      into.begin());
}

bool apply(std::span<const std::byte> record, std::span<std::byte> raw, std::byte before) {
    if (!raw.empty())
        std::memset(raw.data(), std::to_integer<int>(before), raw.size());
    try {
        apply_patch_record(record, one_by_one(read_base), raw);
        return true;
    } catch (const std::runtime_error &) {
    } catch (const BeyondTheBase &) {
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto raw_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(input.number(), most_raw_bytes));
    std::vector<std::byte> raw(raw_bytes);
    if (!apply(input.bytes(), raw, std::byte{0xaa}))
        return 0;
    std::vector<std::byte> again(raw_bytes);
    fuzz::require(apply(input.bytes(), again, std::byte{0x55}) && raw == again,
                  "a record makes all of its chunk, and the same each time");
    return 0;
}
