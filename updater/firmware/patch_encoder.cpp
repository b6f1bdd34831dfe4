#include "updater/firmware/patch_encoder.hpp"

#include "updater/firmware/patch_numbers.hpp"
#include "updater/firmware/stream_codec.hpp"

#include <array>
#include <stdexcept>

namespace updater::firmware {

namespace {

void append_number(std::vector<std::byte> &bytes, std::uint64_t number) {
    for (; number >= 0x80U; number >>= 7U)
        bytes.push_back(static_cast<std::byte>((number & 0x7fU) | 0x80U));
    bytes.push_back(static_cast<std::byte>(number));
}

/// The three streams of a record, as they grow step by step.
class RecordStreams {
  public:
    /// `target`: the part of the chunk that the step makes.
    void add(const PatchStep &step, std::span<const std::byte> target, const BaseReader &base) {
        auto &numbers = streams_[patch_numbers::control];
        append_number(numbers,
                      step.length_bytes * patch_numbers::kinds + static_cast<std::uint64_t>(step.kind));
        if (step.kind == PatchStep::Kind::copy || step.kind == PatchStep::Kind::add) {
            append_number(numbers, patch_numbers::zigzag(step.base_offset_bytes, base_end_));
            base_end_ = step.base_offset_bytes + step.length_bytes;
        }
        if (step.kind == PatchStep::Kind::literal) {
            auto &literals = streams_[patch_numbers::literal];
            literals.insert(literals.end(), target.begin(), target.end());
        }
        if (step.kind == PatchStep::Kind::add)
            add_difference(step, target, base);
    }

    std::vector<std::byte> packed(PackingEffort effort) const {
        std::vector<std::byte> record;
        std::array<PackedStream, patch_numbers::streams> packed;
        for (std::size_t number = 0; number < patch_numbers::streams; ++number) {
            packed.at(number) = pack_stream(streams_.at(number), number == patch_numbers::literal, effort);
            record.push_back(static_cast<std::byte>(packed.at(number).method));
            append_number(record, streams_.at(number).size());
            append_number(record, packed.at(number).stored.size());
        }
        for (const PackedStream &stream : packed)
            record.insert(record.end(), stream.stored.begin(), stream.stored.end());
        return record;
    }

  private:
    void add_difference(const PatchStep &step, std::span<const std::byte> target, const BaseReader &base) {
        std::vector<std::byte> old(target.size());
        base(step.base_offset_bytes, old);
        for (std::size_t index = 0; index < old.size(); ++index)
            streams_[patch_numbers::difference].push_back(static_cast<std::byte>(
                std::to_integer<unsigned>(target[index]) - std::to_integer<unsigned>(old[index])));
    }

    std::array<std::vector<std::byte>, patch_numbers::streams> streams_;
    std::uint64_t base_end_ = 0; ///< of the last step that used the base
};

} // namespace

std::vector<std::byte> encode_patch_record(std::span<const PatchStep> steps, std::span<const std::byte> raw,
                                           const BaseReader &base, PackingEffort effort) {
    RecordStreams all;
    for (const PatchStep &step : steps) {
        if (step.length_bytes == 0 || step.length_bytes > raw.size())
            throw std::invalid_argument("the steps of a patch record do not fit its chunk");
        all.add(step, raw.first(step.length_bytes), base);
        raw = raw.subspan(step.length_bytes);
    }
    if (!raw.empty())
        throw std::invalid_argument("the steps of a patch record do not add up to its chunk");
    return all.packed(effort);
}

} // namespace updater::firmware
