// Reads of all lengths and alignments, many at a time, give what one read each would.
#include "tests/updater/install/install_fixture.hpp"

#include "updater/install/scattered_reads.hpp"

#include <random>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::install;

namespace {

constexpr std::size_t block_bytes = partitions::File::block_alignment_bytes;
constexpr std::size_t device_bytes = 5UL * 1024 * 1024;

} // namespace

TEST_GROUP(ScatteredReads) {
    const std::filesystem::path path = releases().folder / "scattered";
    std::string contents = std::string(device_bytes, '\0');
    partitions::PosixStorage storage;
    std::unique_ptr<partitions::File> device;
    partitions::AlignedBuffer memory{device_bytes};
    std::minstd_rand numbers{11};

    void setup() override {
        for (char &byte : contents)
            byte = static_cast<char>(numbers());
        write_file(path, contents);
        device = storage.open(path, partitions::OpenMode::block_device_shared);
    }

    firmware::BaseRead read_of(std::size_t offset, std::size_t memory_offset, std::size_t length) const {
        return {offset, memory.span().subspan(memory_offset, length)};
    }

    void check(const firmware::BaseRead &read) const {
        const auto expected = std::as_bytes(std::span(contents))
                                  .subspan(static_cast<std::size_t>(read.offset_bytes), read.into.size());
        CHECK_TRUE(std::ranges::equal(expected, read.into));
    }
};

TEST(ScatteredReads, fills_each_place_whatever_the_order_and_the_alignment) {
    for (int round = 0; round < 20; ++round) {
        std::vector<firmware::BaseRead> reads;
        for (std::size_t place = numbers() % 3 == 0 ? 0 : 1; place < device_bytes;) {
            const std::size_t max = numbers() % 4 == 0 ? 600000 : 100;
            const std::size_t length = std::min<std::size_t>(1 + numbers() % max, device_bytes - place);
            reads.push_back(read_of(numbers() % (device_bytes - length + 1), place, length));
            place += length + (numbers() % 2 == 0 ? 0 : numbers() % 5000);
        }
        CHECK_TRUE(ScatteredReads(*device).read(reads));
        for (const firmware::BaseRead &read : reads)
            check(read);
    }
}

TEST(ScatteredReads, takes_whole_blocks_and_what_follows_them) {
    for (const std::size_t length : {block_bytes, 300000UL, 64 * block_bytes, device_bytes}) {
        const std::vector<firmware::BaseRead> reads{read_of(0, 0, length)};
        CHECK_TRUE(ScatteredReads(*device).read(reads));
        check(reads.front());
    }
}

TEST(ScatteredReads, says_when_the_device_ends_before) {
    for (const std::size_t length : {1UL, 300000UL})
        for (const std::uint64_t offset :
             {std::uint64_t{device_bytes} - length + 1, std::uint64_t{device_bytes}, std::uint64_t{1} << 61U})
            CHECK_FALSE(ScatteredReads(*device).read({read_of(0, 0, 10), {offset, memory.first(length)}}));
    CHECK_TRUE(ScatteredReads(*device).read({}));
}
