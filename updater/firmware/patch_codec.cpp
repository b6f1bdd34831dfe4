// Checks everything that it reads, although the record was signed.
#include "updater/firmware/patch_codec.hpp"

#include "updater/firmware/patch_numbers.hpp"
#include "updater/firmware/stream_codec.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace updater::firmware {

namespace {

/// Number of reads that are made at a time. With the bytes to add, they need less than 1 MiB.
constexpr std::size_t max_reads = 16384;

using patch_numbers::control;
using patch_numbers::difference;
using patch_numbers::kinds;
using patch_numbers::literal;
using patch_numbers::Stream;
using patch_numbers::streams;

[[noreturn]] void refuse_record(const char *what) {
    throw std::runtime_error(std::string("the patch record is wrong: ") + what);
}

std::uint64_t next_number(std::span<const std::byte> &bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        if (bytes.empty())
            refuse_record("it ends inside a number");
        const auto byte = std::to_integer<std::uint64_t>(bytes.front());
        bytes = bytes.subspan(1);
        number |= (byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0)
            return number;
    }
    refuse_record("a number is too large");
}

struct StoredStream {
    StreamMethod method{};
    std::uint64_t raw_bytes = 0;
    std::uint64_t stored_bytes = 0;
};

/// All three streams, unpacked.
class Streams {
  public:
    Streams(std::span<const std::byte> record, std::size_t chunk_bytes) {
        std::array<StoredStream, streams> table;
        for (StoredStream &stream : table) {
            if (record.empty())
                refuse_record("it ends inside its table of streams");
            stream.method = static_cast<StreamMethod>(record.front());
            record = record.subspan(1);
            stream.raw_bytes = next_number(record);
            stream.stored_bytes = next_number(record);
        }
        // Limits the length before anything is unpacked: each step makes at least one byte of the chunk.
        if (table[control].raw_bytes > 2 * chunk_bytes || table[difference].raw_bytes > chunk_bytes ||
            table[literal].raw_bytes > chunk_bytes - table[difference].raw_bytes)
            refuse_record("its streams are longer than the chunk can need");
        for (std::size_t number = 0; number < streams; ++number) {
            if (table.at(number).stored_bytes > record.size())
                refuse_record("it ends inside a stream");
            const auto stored = record.first(static_cast<std::size_t>(table.at(number).stored_bytes));
            rest_.at(number) = unpack(table.at(number), stored, raw_.at(number));
            record = record.subspan(static_cast<std::size_t>(table.at(number).stored_bytes));
        }
        if (!record.empty())
            refuse_record("it continues after its streams");
    }

    std::span<const std::byte> &rest(Stream stream) { return rest_.at(stream); }

    std::span<const std::byte> take(Stream stream, std::size_t length) {
        if (length > rest_.at(stream).size())
            refuse_record("a stream ends too early");
        const auto taken = rest_.at(stream).first(length);
        rest_.at(stream) = rest_.at(stream).subspan(length);
        return taken;
    }

  private:
    static std::span<const std::byte> unpack(const StoredStream &stream, std::span<const std::byte> stored,
                                             std::vector<std::byte> &raw) {
        // An uncompressed stream is used in place.
        if (stream.method == StreamMethod::stored && stream.raw_bytes == stored.size())
            return stored;
        raw.resize(static_cast<std::size_t>(stream.raw_bytes));
        unpack_stream(stream.method, stored, raw);
        return raw;
    }

    std::array<std::vector<std::byte>, streams> raw_;
    std::array<std::span<const std::byte>, streams> rest_;
};

void add_to(std::span<std::byte> target, std::span<const std::byte> addend) {
    for (std::size_t index = 0; index < target.size(); ++index)
        target[index] = static_cast<std::byte>(std::to_integer<unsigned>(target[index]) +
                                               std::to_integer<unsigned>(addend[index]));
}

/// Collects the reads from the base, and adds the differences after they were made.
class Gathering {
  public:
    Gathering(const BaseReads &base) : base_(base) {}

    void read(std::uint64_t offset_bytes, std::span<std::byte> target, std::span<const std::byte> addend) {
        reads_.push_back({offset_bytes, target});
        if (!addend.empty())
            additions_.push_back({target, addend});
        if (reads_.size() == max_reads)
            flush();
    }

    void flush() {
        if (!reads_.empty())
            base_(std::move(reads_));
        reads_.clear();
        for (const Addition &addition : additions_)
            add_to(addition.target, addition.addend);
        additions_.clear();
    }

  private:
    struct Addition {
        std::span<std::byte> target;
        std::span<const std::byte> addend;
    };
    const BaseReads &base_;
    std::vector<BaseRead> reads_;
    std::vector<Addition> additions_;
};

} // namespace

BaseReads one_by_one(BaseReader reader) {
    return [reader = std::move(reader)](const std::vector<BaseRead> &reads) {
        for (const BaseRead &read : reads)
            reader(read.offset_bytes, read.into);
    };
}

void apply_patch_record(std::span<const std::byte> record, const BaseReads &base, std::span<std::byte> raw) {
    Streams all(record, raw.size());
    Gathering gathering(base);
    std::uint64_t base_end = 0;
    while (!raw.empty()) {
        const std::uint64_t head = next_number(all.rest(control));
        const auto kind = static_cast<PatchStep::Kind>(head % kinds);
        if (head / kinds == 0 || head / kinds > raw.size())
            refuse_record("a step has no length, or one beyond the chunk");
        const auto target = raw.first(static_cast<std::size_t>(head / kinds));
        raw = raw.subspan(target.size());
        switch (kind) {
        case PatchStep::Kind::copy:
        case PatchStep::Kind::add: {
            const std::uint64_t offset = patch_numbers::unzigzag(next_number(all.rest(control)), base_end);
            if (offset > (std::uint64_t{1} << 62U))
                refuse_record("a step begins before the start of the base");
            gathering.read(offset, target,
                           kind == PatchStep::Kind::add ? all.take(difference, target.size())
                                                        : std::span<const std::byte>());
            base_end = offset + target.size();
            break;
        }
        case PatchStep::Kind::literal:
            std::ranges::copy(all.take(literal, target.size()), target.begin());
            break;
        case PatchStep::Kind::zero:
            std::ranges::fill(target, std::byte{0});
            break;
        }
    }
    for (const Stream stream : {control, difference, literal})
        if (!all.rest(stream).empty())
            refuse_record("a stream continues after the chunk is full");
    gathering.flush();
}

} // namespace updater::firmware
