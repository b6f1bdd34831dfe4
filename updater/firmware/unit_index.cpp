// Parses and writes the unit index.
#include "updater/firmware/unit_index.hpp"

#include "partitions/base/sha256.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <cstring>

namespace updater::firmware {

namespace {

constexpr std::string_view units_first_line = "update-control units 1\n";
constexpr std::string_view units_first_line_of_any_format = "update-control units ";
constexpr std::size_t unit_length_bytes = 4;

[[noreturn]] void refuse_units(const std::string &what) {
    throw FirmwareRefused(FirmwareRefusal::wrong_index, "unit index: " + what);
}

/// Reads the fields one after the other.
class Fields {
  public:
    explicit Fields(std::string_view bytes) : rest_(bytes) {}

    std::uint32_t next_length() {
        std::uint32_t length = 0;
        const std::string_view field = next(unit_length_bytes);
        for (std::size_t index = unit_length_bytes; index-- > 0;)
            length = length << 8U | static_cast<unsigned char>(field[index]);
        return length;
    }

    template <std::size_t size> void next(std::array<std::byte, size> &value) {
        std::memcpy(value.data(), next(size).data(), size);
    }

    bool any_left() const { return !rest_.empty(); }

  private:
    std::string_view next(std::size_t length) {
        if (rest_.size() < length)
            refuse_units("it ends too early");
        const std::string_view field = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return field;
    }

    std::string_view rest_;
};

Unit read_unit(Fields &fields, std::size_t raw_bytes) {
    Unit unit;
    unit.stored_bytes = fields.next_length();
    if (unit.stored_bytes == 0)
        return unit;
    fields.next(unit.stored_hash);
    unit.blocks.resize((raw_bytes + lookup_block_bytes - 1) / lookup_block_bytes);
    for (BlockTag &tag : unit.blocks)
        fields.next(tag);
    return unit;
}

std::vector<Unit> read_chunk(Fields &fields, const Chunk &chunk, std::size_t number) {
    std::vector<Unit> units(unit_count(chunk.raw_bytes));
    // The frames follow the table of their lengths (chunk_codec.hpp).
    std::uint64_t offset = unit_length_bytes * units.size();
    for (std::size_t index = 0; index < units.size(); ++index) {
        units[index] =
            read_unit(fields, std::min<std::uint64_t>(unit_bytes, chunk.raw_bytes - index * unit_bytes));
        units[index].stored_offset_bytes = chunk.stored_offset_bytes + offset;
        offset += units[index].stored_bytes;
    }
    if (offset != chunk.stored_bytes)
        refuse_units("the units of chunk " + std::to_string(number) + " do not add up to it");
    return units;
}

void append(std::string &text, std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

} // namespace

BlockTag block_tag(std::span<const std::byte> block) {
    partitions::base::Sha256 hash{};
    if (block.size() < lookup_block_bytes) {
        std::array<std::byte, lookup_block_bytes> filled{};
        std::ranges::copy(block, filled.begin());
        hash = partitions::base::sha256_of(filled);
    } else {
        hash = partitions::base::sha256_of(block);
    }
    BlockTag tag;
    std::copy_n(hash.begin(), tag.size(), tag.begin());
    return tag;
}

UnitHash unit_hash(std::span<const std::byte> stored) {
    const partitions::base::Sha256 hash = partitions::base::sha256_of(stored);
    UnitHash half;
    std::copy_n(hash.begin(), half.size(), half.begin());
    return half;
}

UnitIndex parse_unit_index(std::string_view bytes, const ChunkIndex &chunks) {
    if (bytes.size() > max_unit_index_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the unit index is larger than the format allows");
    if (!bytes.starts_with(units_first_line)) {
        if (bytes.starts_with(units_first_line_of_any_format))
            throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                                  "the unit index has a format that this version does not read");
        refuse_units("its first line is wrong");
    }
    Fields fields(bytes.substr(units_first_line.size()));
    UnitIndex units;
    units.reserve(chunks.chunks.size());
    for (std::size_t number = 0; number < chunks.chunks.size(); ++number)
        units.push_back(chunks.chunks[number].kind == ChunkKind::zero
                            ? std::vector<Unit>()
                            : read_chunk(fields, chunks.chunks[number], number));
    if (fields.any_left())
        refuse_units("it continues after the last unit");
    return units;
}

std::string serialize(const UnitIndex &units) {
    std::string text(units_first_line);
    for (const auto &chunk : units)
        for (const Unit &unit : chunk) {
            for (std::uint32_t index = 0, length = unit.stored_bytes; index < unit_length_bytes;
                 ++index, length >>= 8U)
                text += static_cast<char>(length & 0xffU);
            if (unit.stored_bytes == 0)
                continue;
            append(text, unit.stored_hash);
            for (const BlockTag &tag : unit.blocks)
                append(text, tag);
        }
    return text;
}

} // namespace updater::firmware
