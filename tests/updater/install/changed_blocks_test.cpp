// Which blocks of a chunk changed, by another partition that holds it as signed.
#include "tests/support/fake_storage.hpp"
#include "updater/cancelled.hpp"
#include "updater/install/changed_blocks.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::install;
using firmware::ByteRange;

TEST_GROUP(ChangedBlocks) {
    static constexpr std::uint64_t chunk = 16'384;
    partitions_test::FakeStorage storage;
    std::string image = std::string(chunk, 'a') + std::string(chunk, 'b') + std::string(5'000, 'c');
    std::stop_source stop;

    void put(const std::filesystem::path &device, const std::string &contents) {
        storage.put_device(device, 3 * chunk);
        const auto file = storage.open(device, partitions::OpenMode::block_device);
        file->write_at(0, std::as_bytes(std::span(contents)));
        file->close();
    }
    std::vector<ByteRange> changed(const std::string &found, const std::string &twin) {
        firmware::ChunkIndex index;
        for (std::uint64_t offset = 0; offset < image.size(); offset += chunk) {
            const auto piece = image.substr(offset, chunk);
            index.chunks.push_back({.kind = firmware::ChunkKind::zstd_units,
                                    .offset_bytes = offset,
                                    .raw_bytes = piece.size(),
                                    .raw_sha256 = partitions::base::sha256_of(piece)});
        }
        index.image_bytes = image.size();
        put("/dev/found", found);
        put("/dev/twin", twin);
        const auto device = storage.open("/dev/found", partitions::OpenMode::block_device_shared);
        const auto other = storage.open("/dev/twin", partitions::OpenMode::block_device_shared);
        // All of the image but the first chunk is said to differ.
        const std::vector<ByteRange> places{{chunk, image.size() - chunk}};
        return changed_blocks(*device, *other, index, places, {}, stop.get_token());
    }
};

TEST(ChangedBlocks, are_found_by_comparing) {
    std::string found = image;
    found[0] = 'x'; // in no place that is asked about
    found[chunk + 4'095] = 'x';
    found[chunk + 4'096] = 'x';
    found[2 * chunk + 4'999] = 'x';
    CHECK((changed(found, image) == std::vector<ByteRange>{{chunk, 8'192}, {2 * chunk + 4'096, 904}}));
}

TEST(ChangedBlocks, are_the_whole_chunk_where_the_other_partition_holds_something_else) {
    std::string found = image;
    found[chunk] = 'x';
    std::string twin = image;
    twin[chunk + 1] = 'y';
    CHECK((changed(found, twin) == std::vector<ByteRange>{{chunk, chunk}}));
}

TEST(ChangedBlocks, are_not_looked_for_any_longer_when_asked_to_stop) {
    stop.request_stop();
    CHECK_THROWS(Cancelled, changed(image, image));
}
