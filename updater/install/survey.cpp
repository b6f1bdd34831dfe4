// Reads chunks and compares their hashes, in several threads.
#include "updater/install/survey.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/threads.hpp"
#include "partitions/zeros.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace updater::install {

namespace {

constexpr std::size_t survey_read_bytes = 1024UL * 1024;
constexpr std::size_t first_samples = 4;
constexpr std::size_t spread_samples = 8;

bool holds(partitions::File &device, const firmware::Chunk &chunk, std::span<std::byte> buffer,
           const std::stop_token &stop) {
    partitions::base::Sha256Hasher hash;
    for (std::uint64_t done = 0; done < chunk.raw_bytes;) {
        if (stop.stop_requested())
            throw Cancelled();
        const auto piece = buffer.first(std::min<std::uint64_t>(buffer.size(), chunk.raw_bytes - done));
        if (device.read_at(chunk.offset_bytes + done, piece) < piece.size())
            return false;
        if (chunk.kind == firmware::ChunkKind::zero && !partitions::all_zero(piece))
            return false;
        if (chunk.kind != firmware::ChunkKind::zero)
            hash.add(piece);
        done += piece.size();
    }
    return chunk.kind == firmware::ChunkKind::zero || hash.finish() == chunk.raw_sha256;
}

/// The chunks to check first: not zero chunks, which say little.
std::vector<std::size_t> samples_of(const firmware::ChunkIndex &index) {
    std::vector<std::size_t> telling;
    for (std::size_t number = 0; number < index.chunks.size(); ++number)
        if (index.chunks[number].kind != firmware::ChunkKind::zero)
            telling.push_back(number);
    std::vector<std::size_t> samples(telling.begin(), telling.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                            first_samples, telling.size())));
    for (std::size_t sample = 1; sample <= spread_samples && telling.size() > first_samples; ++sample)
        samples.push_back(telling[(telling.size() - 1) * sample / spread_samples]);
    std::ranges::sort(samples);
    samples.erase(std::ranges::unique(samples).begin(), samples.end());
    return samples;
}

} // namespace

Survey survey(partitions::File &device, const firmware::ChunkIndex &index, const Effort &effort,
              const std::function<void(std::uint64_t)> &progress, const std::stop_token &stop) {
    std::vector<partitions::AlignedBuffer> buffers;
    for (unsigned thread = 0; thread < std::max(1U, effort.threads); ++thread)
        buffers.emplace_back(survey_read_bytes);
    Survey result;
    result.present.assign(index.chunks.size(), false);
    std::mutex noting;
    const auto look_at = [&](std::size_t number, unsigned thread) {
        const firmware::Chunk &chunk = index.chunks[number];
        effort.before(chunk.raw_bytes);
        const bool present = holds(device, chunk, buffers[thread].span(), stop);
        const std::lock_guard lock(noting);
        result.present[number] = present;
        result.read_bytes += chunk.raw_bytes;
        if (progress)
            progress(result.read_bytes);
    };

    const auto samples = samples_of(index);
    partitions::base::for_each_in_threads(
        samples.size(), effort.threads,
        [&](std::size_t sample, unsigned thread) { look_at(samples[sample], thread); });
    if (std::ranges::none_of(samples, [&](std::size_t number) { return result.present[number]; }))
        return result;
    std::vector<std::size_t> rest;
    for (std::size_t number = 0; number < index.chunks.size(); ++number)
        if (!std::ranges::binary_search(samples, number))
            rest.push_back(number);
    partitions::base::for_each_in_threads(
        rest.size(), effort.threads,
        [&](std::size_t number, unsigned thread) { look_at(rest[number], thread); });
    return result;
}

} // namespace updater::install
