#include "updater/install/image_check.hpp"

#include "partitions/base/sha256.hpp"
#include "partitions/read_back.hpp"
#include "updater/cancelled.hpp"

#include <vector>

namespace updater::install {

void check_image_on(partitions::File &file, const std::filesystem::path &device,
                    const firmware::ChunkIndex &index, const Effort &effort,
                    const std::function<void(std::uint64_t done)> &progress, const std::stop_token &stop) {
    std::vector<partitions::ExpectedRange> ranges;
    for (const firmware::Chunk &chunk : index.chunks)
        ranges.push_back({chunk.offset_bytes, chunk.raw_bytes,
                          chunk.kind == firmware::ChunkKind::zero
                              ? "-"
                              : partitions::base::to_hexadecimal(chunk.raw_sha256)});
    std::uint64_t paced_bytes = 0;
    try {
        partitions::read_back(
            file, device, ranges, effort.threads,
            [&](std::uint64_t done, std::uint64_t) {
                effort.before(done - paced_bytes);
                paced_bytes = done;
                progress(done);
            },
            stop);
    } catch (const partitions::ReadBackStopped &) {
        throw Cancelled();
    }
}

} // namespace updater::install
