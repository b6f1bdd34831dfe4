// Reading and writing the chunk index.
#include "updater/firmware/chunk_index.hpp"

#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace updater {

namespace {

constexpr std::string_view first_line = "update-control chunks 1";
constexpr std::string_view first_line_of_any_format = "update-control chunks ";

[[noreturn]] void refuse(std::size_t line_number, const std::string &what) {
    throw FirmwareRefused(FirmwareRefusal::wrong_index,
                          "chunk index, line " + std::to_string(line_number) + ": " + what);
}

/// Takes lines off the front of a text. A last line without its line break counts as an error.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    bool any_left() const { return !rest_.empty(); }
    std::size_t number() const { return number_; }

    std::string_view next() {
        ++number_;
        const std::size_t length = rest_.find('\n');
        if (length == std::string_view::npos)
            refuse(number_, "ends without a line break");
        const std::string_view line = rest_.substr(0, length);
        rest_.remove_prefix(length + 1);
        return line;
    }

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

using Fields = std::array<std::string_view, 5>;

Fields split(std::string_view line, std::size_t line_number) {
    Fields fields;
    for (std::size_t position = 0; position < fields.size(); ++position) {
        const bool last = position + 1 == fields.size();
        const std::size_t length = last ? line.size() : line.find(' ');
        if (length == std::string_view::npos)
            refuse(line_number, "has less than five fields");
        fields.at(position) = line.substr(0, length);
        line.remove_prefix(last ? length : length + 1);
    }
    return fields;
}

std::uint64_t parse_length(std::string_view text, std::uint64_t most, std::size_t line_number) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc() || end != text.data() + text.size() || leading_zero || value > most)
        refuse(line_number, "a length is not a number from 0 to " + std::to_string(most));
    return value;
}

Sha256 parse_hash(std::string_view text, std::size_t line_number) {
    const std::optional<Sha256> hash = parse_sha256(text);
    if (!hash)
        refuse(line_number, "a hash is not 64 hexadecimal digits");
    return *hash;
}

Chunk parse_chunk(std::string_view line, std::size_t line_number) {
    const Fields fields = split(line, line_number);
    Chunk chunk;
    chunk.raw_bytes = parse_length(fields[1], chunk_bytes, line_number);
    chunk.stored_bytes = parse_length(fields[2], most_stored_chunk_bytes, line_number);
    if (chunk.raw_bytes == 0)
        refuse(line_number, "the chunk is empty");
    if (fields[0] == "zero") {
        chunk.kind = ChunkKind::zero;
        if (chunk.stored_bytes != 0 || fields[3] != "-" || fields[4] != "-")
            refuse(line_number, "a zero chunk has stored bytes or hashes");
    } else if (fields[0] == "zstd") {
        chunk.kind = ChunkKind::zstd;
        if (chunk.stored_bytes == 0)
            refuse(line_number, "a stored chunk has no bytes");
        chunk.raw_sha256 = parse_hash(fields[3], line_number);
        chunk.stored_sha256 = parse_hash(fields[4], line_number);
    } else {
        refuse(line_number, "the chunk is of an unknown kind");
    }
    return chunk;
}

/// Hashes of zeros, computed once for each length: there are two at most, that of a whole chunk and of the
/// last.
class ZeroHashes {
  public:
    const Sha256 &of(std::uint64_t length_bytes) {
        const auto [place, is_new] = hashes_.try_emplace(length_bytes);
        if (is_new)
            place->second = sha256_of_zeros(length_bytes);
        return place->second;
    }

  private:
    std::map<std::uint64_t, Sha256> hashes_;
};

} // namespace

ChunkIndex parse_chunk_index(std::string_view text, std::uint64_t image_bytes) {
    if (text.size() > most_chunk_index_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the chunk index is larger than the format allows");
    Lines lines(text);
    const std::string_view header = lines.any_left() ? lines.next() : std::string_view();
    if (header != first_line) {
        if (header.starts_with(first_line_of_any_format))
            throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                                  "the chunk index has a format that this version does not read");
        refuse(1, "is not \"" + std::string(first_line) + "\"");
    }
    ChunkIndex index;
    ZeroHashes zero_hashes;
    while (lines.any_left()) {
        const std::string_view line = lines.next();
        Chunk chunk = parse_chunk(line, lines.number());
        if (!index.chunks.empty() && index.chunks.back().raw_bytes != chunk_bytes)
            refuse(lines.number(), "follows a chunk that is not of full length");
        chunk.offset_bytes = index.image_bytes;
        chunk.stored_offset_bytes = index.stored_bytes;
        if (chunk.kind == ChunkKind::zero) {
            chunk.raw_sha256 = zero_hashes.of(chunk.raw_bytes);
            chunk.stored_sha256 = zero_hashes.of(0);
        }
        index.image_bytes += chunk.raw_bytes;
        index.stored_bytes += chunk.stored_bytes;
        index.chunks.push_back(chunk);
    }
    if (index.image_bytes != image_bytes)
        throw FirmwareRefused(FirmwareRefusal::wrong_index,
                              "the chunks add up to " + std::to_string(index.image_bytes) +
                                  " bytes, the manifest says that the image has " +
                                  std::to_string(image_bytes));
    return index;
}

std::string serialize(const ChunkIndex &index) {
    std::string text = std::string(first_line) + "\n";
    for (const Chunk &chunk : index.chunks) {
        const bool zero = chunk.kind == ChunkKind::zero;
        text += zero ? "zero " : "zstd ";
        text += std::to_string(chunk.raw_bytes) + " " + std::to_string(zero ? 0 : chunk.stored_bytes) + " ";
        text += zero ? "- -" : to_hexadecimal(chunk.raw_sha256) + " " + to_hexadecimal(chunk.stored_sha256);
        text += "\n";
    }
    return text;
}

} // namespace updater
