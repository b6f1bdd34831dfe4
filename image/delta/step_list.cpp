// From files to images, and from images to chunks.
#include "image/delta/step_list.hpp"

#include "image/delta/pairing.hpp"
#include "partitions/zeros.hpp"

#include <algorithm>

namespace delta {

using Kind = updater::firmware::PatchStep::Kind;

namespace {

/// Shorter equal ranges are cheaper as differences of zero than as separate steps.
constexpr std::uint64_t min_copy_bytes = 1024;

/// Finds the extent that holds an offset of the file.
class ExtentCursor {
  public:
    explicit ExtentCursor(const ImageFile &file) {
        std::uint64_t begin = 0;
        for (const Extent &extent : file.extents) {
            begins_.push_back(begin);
            extents_.push_back(extent);
            begin += extent.length_bytes;
        }
    }

    /// The rest of the extent from this offset of the file on.
    Extent at(std::uint64_t file_offset_bytes) const {
        const auto after = std::ranges::upper_bound(begins_, file_offset_bytes);
        const auto number = static_cast<std::size_t>(after - begins_.begin()) - 1;
        const std::uint64_t inside = file_offset_bytes - begins_[number];
        return {extents_[number].offset_bytes + inside, extents_[number].length_bytes - inside};
    }

  private:
    std::vector<std::uint64_t> begins_;
    std::vector<Extent> extents_;
};

/// Appends steps, joining one that continues the last one.
class Collector {
  public:
    void add(PlacedStep step) {
        if (step.length_bytes == 0)
            return;
        if (!steps_.empty()) {
            PlacedStep &last = steps_.back();
            const bool joins = last.kind == step.kind &&
                               last.image_offset_bytes + last.length_bytes == step.image_offset_bytes &&
                               (step.kind == Kind::literal || step.kind == Kind::zero ||
                                last.base_offset_bytes + last.length_bytes == step.base_offset_bytes);
            if (joins) {
                last.length_bytes += step.length_bytes;
                return;
            }
        }
        steps_.push_back(step);
    }
    std::vector<PlacedStep> take() { return std::move(steps_); }
    const std::vector<PlacedStep> &steps() const { return steps_; }

  private:
    std::vector<PlacedStep> steps_;
};

/// Appends an add, with copies for long equal ranges.
void add_with_copies(const PlacedStep &step, std::span<const std::byte> image,
                     std::span<const std::byte> base, Collector &result) {
    std::uint64_t begun = 0;
    std::uint64_t at = 0;
    const auto piece = [&](std::uint64_t from, std::uint64_t to, Kind kind) {
        result.add({step.image_offset_bytes + from, to - from, kind, step.base_offset_bytes + from});
    };
    while (at < step.length_bytes) {
        const auto *new_bytes = image.data() + step.image_offset_bytes;
        const auto *old_bytes = base.data() + step.base_offset_bytes;
        const auto differs =
            std::mismatch(new_bytes + at, new_bytes + step.length_bytes, old_bytes + at).first - new_bytes;
        const auto end = static_cast<std::uint64_t>(differs);
        if (end - at >= min_copy_bytes || (end - at == step.length_bytes)) {
            piece(begun, at, Kind::add);
            piece(at, end, Kind::copy);
            begun = end;
        }
        at = end + 1;
    }
    if (begun < step.length_bytes)
        piece(begun, step.length_bytes, Kind::add);
}

} // namespace

std::vector<PlacedStep> place(const ImageFile &new_file, const ImageFile &old_file,
                              const std::vector<Resemblance> &resemblances) {
    const ExtentCursor new_extents(new_file);
    const ExtentCursor old_extents(old_file);
    std::vector<PlacedStep> steps;
    std::uint64_t at = 0;
    for (Resemblance part : resemblances) {
        while (part.length_bytes > 0) {
            const Extent target = new_extents.at(at);
            PlacedStep step{target.offset_bytes, std::min(part.length_bytes, target.length_bytes),
                            Kind::literal, 0};
            if (part.old_offset_bytes != Resemblance::nothing) {
                const Extent source = old_extents.at(part.old_offset_bytes);
                step.kind = Kind::add;
                step.length_bytes = std::min(step.length_bytes, source.length_bytes);
                step.base_offset_bytes = source.offset_bytes;
                part.old_offset_bytes += step.length_bytes;
            }
            steps.push_back(step);
            at += step.length_bytes;
            part.length_bytes -= step.length_bytes;
        }
    }
    return steps;
}

std::vector<PlacedStep> refine(std::vector<PlacedStep> steps, std::span<const std::byte> image,
                               std::span<const std::byte> base, const BlockTable &blocks) {
    std::ranges::sort(steps, {}, &PlacedStep::image_offset_bytes);
    Collector result;
    for (const PlacedStep &step : steps) {
        if (step.kind == Kind::add) {
            add_with_copies(step, image, base, result);
            continue;
        }
        if (step.kind != Kind::literal) {
            result.add(step);
            continue;
        }
        for (std::uint64_t at = step.image_offset_bytes, end = at + step.length_bytes; at < end;) {
            const std::uint64_t block_end =
                std::min(end, (at / BlockTable::block_bytes + 1) * BlockTable::block_bytes);
            const auto block = image.subspan(at, block_end - at);
            PlacedStep piece{at, block.size(), Kind::literal, 0};
            if (block.size() == BlockTable::block_bytes) {
                const auto &before = result.steps();
                const std::uint64_t expected =
                    before.empty() ? 0 : before.back().base_offset_bytes + before.back().length_bytes;
                if (partitions::all_zero(block))
                    piece.kind = Kind::zero;
                else if (const auto found = blocks.find(block, expected)) {
                    piece.kind = Kind::copy;
                    piece.base_offset_bytes = *found;
                }
            }
            result.add(piece);
            at = block_end;
        }
    }
    return result.take();
}

std::vector<updater::firmware::PatchStep> steps_of(const std::vector<PlacedStep> &steps,
                                                   std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    std::vector<updater::firmware::PatchStep> result;
    const std::uint64_t end = offset_bytes + length_bytes;
    const auto zeros = [&](std::uint64_t until) {
        if (until > offset_bytes)
            result.push_back({Kind::zero, 0, static_cast<std::uint32_t>(until - offset_bytes)});
        offset_bytes = std::max(offset_bytes, until);
    };
    auto step = std::ranges::upper_bound(steps, offset_bytes, {}, &PlacedStep::image_offset_bytes);
    if (step != steps.begin())
        --step;
    for (; step != steps.end() && step->image_offset_bytes < end; ++step) {
        const std::uint64_t step_end = step->image_offset_bytes + step->length_bytes;
        if (step_end <= offset_bytes)
            continue;
        zeros(std::min(step->image_offset_bytes, end));
        const std::uint64_t skipped = offset_bytes - step->image_offset_bytes;
        const std::uint64_t length = std::min(step_end, end) - offset_bytes;
        result.push_back({step->kind, step->base_offset_bytes + skipped, static_cast<std::uint32_t>(length)});
        if (step->kind == Kind::literal || step->kind == Kind::zero)
            result.back().base_offset_bytes = 0;
        offset_bytes += length;
    }
    zeros(end);
    return result;
}

} // namespace delta
