// Files are compared in parallel, the largest first; then the chunks' records are packed in parallel and
// written in order.
#include "image/delta/patch_builder.hpp"

#include "image/delta/file_map.hpp"
#include "image/delta/mapped_image.hpp"
#include "image/delta/matcher.hpp"
#include "image/delta/pairing.hpp"
#include "image/delta/step_list.hpp"
#include "partitions/base/threads.hpp"
#include "partitions/zeros.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/patch_encoder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <numeric>
#include <system_error>
#include <thread>

namespace delta {

namespace {

/// The nameless file of an image that is not ext4 can be as large as the image: it is compared in windows.
constexpr std::uint64_t max_compared_bytes = 192UL * 1024 * 1024;

/// The part of a large file that one thread compares.
constexpr std::size_t part_bytes = 4UL * 1024 * 1024;

class PatchBuilder {
  public:
    PatchBuilder(const PatchRequest &request, const PatchProgress &progress)
        : request_(request), progress_(progress), base_(request.base_image), target_(request.target_image),
          base_files_(map_files(request.base_image, base_.bytes())),
          target_files_(map_files(request.target_image, target_.bytes())),
          blocks_(base_.bytes(), base_files_), pairing_(base_files_, blocks_),
          threads_(request.threads > 0 ? request.threads : std::max(1U, std::thread::hardware_concurrency())),
          work_all_(target_.bytes().size()) {
        if (target_.bytes().size() != request.chunks.image_bytes)
            throw std::runtime_error("the image " + request.target_image.string() +
                                     " is not as long as its chunks say");
        for (const ImageFile &file : target_files_)
            work_all_ += file.length_bytes;
    }

    firmware_writer::PatchPart run() {
        compare_files();
        steps_ = refine(std::move(steps_), target_.bytes(), base_.bytes(), blocks_);
        firmware_writer::PatchPart part{
            .from = request_.from,
            .base_image_bytes = base_.bytes().size(),
            .base_fingerprint = partitions::base::sha256_of(base_.bytes().first(
                std::min(base_.bytes().size(), updater::firmware::base_fingerprint_bytes))),
            .index = {},
            .data_file = request_.data_file};
        part.index = write_records();
        return part;
    }

  private:
    void compare_files() {
        std::vector<std::size_t> order(target_files_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, std::greater(),
                                 [&](std::size_t number) { return target_files_[number].length_bytes; });
        partitions::base::for_each_in_threads(order.size(), threads_, [&](std::size_t index, unsigned) {
            const ImageFile &file = target_files_[order[index]];
            auto steps = compare(file);
            const std::lock_guard lock(mutex_);
            steps_.insert(steps_.end(), steps.begin(), steps.end());
            advance(file.length_bytes);
        });
    }

    std::vector<PlacedStep> compare(const ImageFile &file) const {
        std::vector<PlacedStep> steps = unchanged(file);
        if (!steps.empty())
            return steps;
        const auto partner = pairing_.partner_of(file, target_.bytes());
        if (!partner || file.length_bytes > max_compared_bytes ||
            base_files_[*partner].length_bytes > max_compared_bytes) {
            // Blocks that the base has elsewhere are found later.
            for (const Extent &extent : file.extents)
                steps.push_back({extent.offset_bytes, extent.length_bytes,
                                 updater::firmware::PatchStep::Kind::literal, 0});
            return steps;
        }
        const ImageFile &old_file = base_files_[*partner];
        return place(file, old_file,
                     match(contents_of(old_file, base_.bytes()), contents_of(file, target_.bytes())));
    }

    /// Large files in parallel parts: a few of them take most of the time.
    std::vector<Resemblance> match(const std::vector<std::byte> &old_bytes,
                                   const std::vector<std::byte> &new_bytes) const {
        const Matcher matcher(old_bytes);
        std::vector<std::vector<Resemblance>> parts((new_bytes.size() + part_bytes - 1) / part_bytes);
        partitions::base::for_each_in_threads(parts.size(), threads_, [&](std::size_t number, unsigned) {
            const std::size_t begin = number * part_bytes;
            parts[number] = matcher.match(new_bytes, begin, std::min(begin + part_bytes, new_bytes.size()));
        });
        std::vector<Resemblance> all;
        for (const auto &part : parts)
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }

    /// All literals if the base has every block of the file (they become copies later), else nothing.
    std::vector<PlacedStep> unchanged(const ImageFile &file) const {
        std::vector<PlacedStep> steps;
        std::uint64_t expected = 0;
        for (const Extent &extent : file.extents) {
            for (std::uint64_t at = 0; at < extent.length_bytes; at += BlockTable::block_bytes) {
                const auto block = target_.bytes().subspan(
                    extent.offset_bytes + at, std::min(BlockTable::block_bytes, extent.length_bytes - at));
                if (partitions::all_zero(block))
                    continue;
                const auto found = blocks_.find(block, expected);
                if (!found)
                    return {};
                expected = *found + block.size();
            }
            steps.push_back(
                {extent.offset_bytes, extent.length_bytes, updater::firmware::PatchStep::Kind::literal, 0});
        }
        return steps;
    }

    std::vector<std::byte> record_of(const updater::firmware::Chunk &chunk) const {
        const auto base = [this](std::uint64_t offset, std::span<std::byte> into) {
            std::ranges::copy(base_.bytes().subspan(offset, into.size()), into.begin());
        };
        const auto raw = target_.bytes().subspan(chunk.offset_bytes, chunk.raw_bytes);
        auto record = updater::firmware::encode_patch_record(
            steps_of(steps_, chunk.offset_bytes, chunk.raw_bytes), raw, base, request_.effort);
        std::vector<std::byte> made(raw.size());
        updater::firmware::apply_patch_record(record, updater::firmware::one_by_one(base), made);
        if (!std::ranges::equal(made, raw))
            throw std::logic_error("a patch record does not make the chunk at " +
                                   std::to_string(chunk.offset_bytes) + " bytes");
        return record;
    }

    updater::firmware::PatchIndex write_records() {
        const auto &chunks = request_.chunks.chunks;
        std::vector<std::vector<std::byte>> records(chunks.size());
        partitions::base::for_each_in_threads(chunks.size(), threads_, [&](std::size_t number, unsigned) {
            if (chunks[number].kind != updater::firmware::ChunkKind::zero)
                if (auto record = record_of(chunks[number]); record.size() < chunks[number].stored_bytes)
                    records[number] = std::move(record);
            const std::lock_guard lock(mutex_);
            advance(chunks[number].raw_bytes);
        });
        std::ofstream data(request_.data_file, std::ios::binary | std::ios::trunc);
        updater::firmware::PatchIndex index;
        std::uint64_t offset = 0;
        for (const auto &record : records) {
            if (record.empty()) {
                index.emplace_back();
                continue;
            }
            data.write(reinterpret_cast<const char *>(record.data()),
                       static_cast<std::streamsize>(record.size()));
            index.emplace_back(
                updater::firmware::PatchRecord{offset, record.size(), partitions::base::sha256_of(record)});
            offset += record.size();
        }
        data.close();
        if (!data)
            throw std::system_error(errno, std::generic_category(),
                                    "cannot write " + request_.data_file.string());
        return index;
    }

    void advance(std::uint64_t bytes) {
        done_ += bytes;
        if (progress_)
            progress_(std::min(done_, work_all_), work_all_);
    }

    const PatchRequest &request_;
    const PatchProgress &progress_;
    MappedImage base_;
    MappedImage target_;
    std::vector<ImageFile> base_files_;
    std::vector<ImageFile> target_files_;
    BlockTable blocks_;
    Pairing pairing_;
    unsigned threads_;
    std::uint64_t work_all_;

    std::mutex mutex_;
    std::uint64_t done_ = 0;
    std::vector<PlacedStep> steps_;
};

} // namespace

firmware_writer::PatchPart build_patch(const PatchRequest &request, const PatchProgress &progress) {
    return PatchBuilder(request, progress).run();
}

} // namespace delta
