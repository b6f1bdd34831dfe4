// Which blocks the partition writer skips, and what it makes durable when.
#include "partitions/partition_writer.hpp"

#include "partitions/base/threads.hpp"
#include "tests/support/fake_storage.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include <CppUTest/TestHarness.h>

using partitions::AlignedBuffer;
using partitions::PartitionWriter;

namespace {

constexpr std::size_t block = 4096;
constexpr std::size_t chunk = 64 * block;
constexpr const char *device = "/dev/rescue";

void fill(std::span<std::byte> bytes, unsigned seed) {
    for (std::byte &byte : bytes) {
        seed = seed * 1103515245U + 12345U;
        byte = static_cast<std::byte>((seed >> 16U) | 1U); // no zeros
    }
}

} // namespace

TEST_GROUP(PartitionWriter) {
    partitions_test::FakeStorage storage;
    partitions::AlignedBuffer image{chunk};
    partitions::PartitionWriter::Scratch scratch;

    void setup() override {
        storage.put_device(device, 4 * chunk);
        fill(image.span(), 1);
    }

    partitions::PartitionWriter writer(std::uint64_t checkpoint_bytes = 1ULL << 40U) {
        return {storage, device, 4 * chunk, checkpoint_bytes};
    }

    void check_device_holds_image() {
        const std::string contents = storage.contents(device).substr(0, chunk);
        CHECK_TRUE(std::memcmp(contents.data(), image.data(), chunk) == 0);
    }

    std::size_t count(std::string_view beginning) {
        return static_cast<std::size_t>(
            std::ranges::count_if(storage.operations(), [&](const std::string &operation) {
                return operation.starts_with(beginning);
            }));
    }
};

TEST(PartitionWriter, writes_in_one_piece_what_resembles_nothing_on_the_device) {
    auto partition = writer();
    partition.write(0, image.span(), scratch);
    CHECK_EQUAL(1U, count("write"));
    CHECK_EQUAL(chunk, partition.written_bytes());
    check_device_holds_image();
}

TEST(PartitionWriter, writes_nothing_that_is_there) {
    auto partition = writer();
    partition.write(0, image.span(), scratch);
    partition.write(0, image.span(), scratch);
    CHECK_EQUAL(chunk, partition.written_bytes());
    CHECK_EQUAL(1U, count("write"));
}

TEST(PartitionWriter, writes_only_the_blocks_that_differ) {
    auto partition = writer();
    partition.write(0, image.span(), scratch);
    for (const std::size_t changed : {0 * block, 7 * block + 4095, 8 * block, chunk - 1})
        image.span()[changed] ^= std::byte{2};
    partition.write(0, image.span(), scratch);
    CHECK_EQUAL(chunk + 4 * block, partition.written_bytes());
    check_device_holds_image();
}

TEST(PartitionWriter, leaves_long_runs_of_zeros_to_the_device_and_asks_only_where_there_are_none) {
    auto partition = writer();
    partition.write(0, image.span(), scratch);
    std::ranges::fill(image.span().subspan(16 * block, 32 * block), std::byte{0});
    std::ranges::fill(image.span().subspan(60 * block, block), std::byte{0});
    partition.write(0, image.span(), scratch);
    CHECK_EQUAL(32 * block, partition.zeroed_bytes());
    CHECK_EQUAL(chunk + block, partition.written_bytes()); // one block of zeros is written as it is
    check_device_holds_image();
    partition.zero(16 * block, 32 * block, scratch);
    CHECK_EQUAL(32 * block, partition.zeroed_bytes());
    partition.zero(0, chunk, scratch);
    CHECK_EQUAL(32 * block + chunk, partition.zeroed_bytes());
}

TEST(PartitionWriter, keeps_what_follows_an_image_that_ends_inside_a_block) {
    auto partition = writer();
    partition.write(0, image.span(), scratch);
    partitions::AlignedBuffer shorter(chunk);
    fill(shorter.span(), 2);
    partition.write(0, shorter.first(3 * block + 100), scratch);
    std::ranges::copy(shorter.first(3 * block + 100), image.span().begin());
    check_device_holds_image();
}

TEST(PartitionWriter, syncs_at_each_checkpoint_and_counts_the_result) {
    auto partition = writer(chunk);
    partition.write(0, image.first(chunk / 2), scratch);
    CHECK_EQUAL(0U, count("sync"));
    partition.write(chunk / 2, image.span().subspan(chunk / 2), scratch);
    CHECK_EQUAL(1U, count("sync"));
    storage.fail_when("sync", partitions_test::FakeStorage::Failure::broken);
    CHECK_THROWS(partitions::StorageError, partition.write(2 * chunk, image.span(), scratch));
    CHECK_THROWS(partitions::StorageError, partition.finish());
}

TEST_GROUP(Threads){};

TEST(Threads, do_each_thing_once) {
    for (const unsigned threads : {1U, 2U, 7U}) {
        std::vector<std::atomic<int>> done(100);
        partitions::base::for_each_in_threads(done.size(), threads, [&](std::size_t number, unsigned thread) {
            CHECK_TRUE(thread < threads);
            ++done[number];
        });
        CHECK_TRUE(std::ranges::all_of(done, [](const auto &times) { return times == 1; }));
    }
}

TEST(Threads, stop_at_the_first_failure_and_pass_it_on) {
    std::atomic<int> begun = 0;
    CHECK_THROWS(std::length_error,
                 partitions::base::for_each_in_threads(100000, 4, [&](std::size_t number, unsigned) {
                     ++begun;
                     if (number == 10)
                         throw std::length_error("enough");
                     if (number > 10) // so slow that all of them would take half a minute
                         std::this_thread::sleep_for(std::chrono::milliseconds(1));
                 }));
    CHECK_TRUE(begun < 100000);
}
