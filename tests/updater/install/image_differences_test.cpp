// Where a partition differs from the image that was signed.
#include "tests/support/fake_storage.hpp"
#include "updater/cancelled.hpp"
#include "updater/install/image_differences.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::install;

namespace {

constexpr std::uint64_t chunk_bytes = 8192;
const std::filesystem::path device = "/dev/slot";

firmware::ChunkIndex index_of(const std::string &image) {
    firmware::ChunkIndex index;
    for (std::uint64_t offset = 0; offset < image.size(); offset += chunk_bytes) {
        const auto chunk = image.substr(offset, chunk_bytes);
        index.chunks.push_back({.kind = firmware::ChunkKind::zstd_units,
                                .offset_bytes = offset,
                                .raw_bytes = chunk.size(),
                                .raw_sha256 = partitions::base::sha256_of(chunk)});
    }
    index.image_bytes = image.size();
    return index;
}

} // namespace

TEST_GROUP(ImageDifferences) {
    partitions_test::FakeStorage storage;
    std::string image = std::string(3 * chunk_bytes, 'a') + std::string(2 * chunk_bytes, '\0') + "end";
    std::vector<std::uint64_t> steps;
    std::stop_source stop;
    std::uint64_t paced_bytes = 0;

    void put(const std::string &contents) {
        storage.put_device(device, 10 * chunk_bytes);
        const auto file = storage.open(device, partitions::OpenMode::block_device);
        file->write_at(0, std::as_bytes(std::span(contents)));
        file->close();
    }
    ImageDifferences differences() {
        const auto file = storage.open(device, partitions::OpenMode::block_device_shared);
        return differences_of_image(
            *file, index_of(image),
            {.threads = 1, .pace = [this](std::uint64_t bytes) { paced_bytes += bytes; }},
            [this](std::uint64_t done) { steps.push_back(done); }, stop.get_token());
    }
};

TEST(ImageDifferences, has_none_where_the_partition_is_as_signed_and_anything_follows_the_image) {
    put(image + "behind the image");
    const auto found = differences();
    LONGS_EQUAL(6, found.chunks);
    LONGS_EQUAL(0, found.differing_chunks);
    LONGS_EQUAL(0, found.ranges.size());
    LONGS_EQUAL(image.size(), steps.back());
    LONGS_EQUAL(image.size(), paced_bytes);
}

TEST(ImageDifferences, names_each_place_and_joins_chunks_that_follow_upon_each_other) {
    std::string changed = image;
    changed[0] = 'b';
    changed[2 * chunk_bytes + 5] = 'b';
    changed[3 * chunk_bytes + 5] = 'b';
    put(changed);
    const auto found = differences();
    LONGS_EQUAL(3, found.differing_chunks);
    LONGS_EQUAL(3 * chunk_bytes, found.differing_bytes);
    LONGS_EQUAL(2, found.ranges.size());
    CHECK(found.ranges[0] == (firmware::ByteRange{0, chunk_bytes}));
    CHECK(found.ranges[1] == (firmware::ByteRange{2 * chunk_bytes, 2 * chunk_bytes}));
}

TEST(ImageDifferences, counts_what_the_device_does_not_have_as_unreadable) {
    storage.put_device(device, 4 * chunk_bytes);
    const auto found = differences();
    LONGS_EQUAL(2, found.unreadable_chunks);
    LONGS_EQUAL(5, found.differing_chunks);
}

TEST(ImageDifferences, lists_only_the_first_places) {
    image.clear();
    for (int chunk = 0; chunk < 2 * static_cast<int>(ImageDifferences::max_ranges) + 2; ++chunk)
        image += std::string(chunk_bytes, static_cast<char>('a' + chunk % 2));
    storage.put_device(device, image.size());
    const auto file = storage.open(device, partitions::OpenMode::block_device);
    for (std::uint64_t offset = 0; offset < image.size(); offset += 2 * chunk_bytes)
        file->write_at(offset, std::as_bytes(std::span(image)).subspan(offset, chunk_bytes));
    file->close();
    const auto found = differences();
    LONGS_EQUAL(image.size() / chunk_bytes / 2, found.differing_chunks);
    LONGS_EQUAL(ImageDifferences::max_ranges, found.ranges.size());
}

TEST(ImageDifferences, stops_when_asked) {
    put(image);
    stop.request_stop();
    CHECK_THROWS(Cancelled, differences());
}
