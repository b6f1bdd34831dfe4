// Writing an image to a device past the page cache, and reading it back.
#include "partitions/partition_writer.hpp"
#include "partitions/posix_storage.hpp"
#include "partitions/read_back.hpp"
#include "tests/partitions/test_machine.hpp"
#include "tests/support/fake_storage.hpp"

#include <fstream>
#include <openssl/evp.h>

#include <CppUTest/TestHarness.h>

using partitions::ExpectedRange;
using partitions::PartitionWriter;
using partitions::read_back;
using partitions::ReadBackMismatch;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
    std::vector<std::byte> bytes(size);
    for (std::byte &byte : bytes) {
        seed = seed * 1103515245U + 12345U;
        byte = static_cast<std::byte>(seed >> 16U);
    }
    return bytes;
}

std::string sha256_of(const std::vector<std::byte> &bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string text;
    for (const unsigned char byte : digest) {
        text += "0123456789abcdef"[byte / 16];
        text += "0123456789abcdef"[byte % 16];
    }
    return text;
}

void flip_byte(const std::filesystem::path &device, std::uint64_t offset) {
    std::fstream file(device, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(offset));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 1));
    CHECK_TRUE(file.good());
}

} // namespace

TEST_GROUP(Image) {
    const partitions_test::TemporaryDirectory directory;
    partitions_test::LoopDisk disk{directory / "disk", 16 * mebibyte};
    partitions::PosixStorage storage;
    const std::vector<std::byte> first = pattern(4 * mebibyte, 1);
    const std::vector<std::byte> last =
        pattern(mebibyte + 777, 2); // the last chunk of an image may have any size
    const std::vector<partitions::ExpectedRange> ranges = {{0, first.size(), sha256_of(first)},
                                                           {first.size(), 4 * mebibyte, "-"},
                                                           {8 * mebibyte, last.size(), sha256_of(last)}};

    static constexpr std::uint64_t checkpoint = 2 * mebibyte;
    partitions::PartitionWriter::Scratch scratch;

    void write_image() {
        flip_byte(disk.device(), 6 * mebibyte); // what was there before is not zero
        partitions::PartitionWriter writer(storage, disk.device(), 16 * mebibyte, checkpoint);
        writer.write(0, first, scratch);
        writer.zero(first.size(), 4 * mebibyte, scratch);
        writer.write(8 * mebibyte, last, scratch);
        writer.finish();
    }

    void check_mismatch_at(std::uint64_t offset) {
        try {
            partitions::read_back(storage, disk.device(), ranges, {});
            FAIL("a changed byte was not noticed");
        } catch (const partitions::ReadBackMismatch &mismatch) {
            CHECK_EQUAL(offset, mismatch.offset_bytes());
        }
    }
};

TEST(Image, what_is_written_reads_back) {
    write_image();
    std::vector<std::uint64_t> progress;
    partitions::read_back(storage, disk.device(), ranges, [&](std::uint64_t done, std::uint64_t all) {
        progress.push_back(done);
        CHECK_EQUAL(first.size() + 4 * mebibyte + last.size(), all);
    });
    CHECK_EQUAL(3U, progress.size());
    CHECK_EQUAL(first.size() + 4 * mebibyte + last.size(), progress.back());
}

TEST(Image, what_follows_the_image_stays) {
    flip_byte(disk.device(), 8 * mebibyte + last.size()); // the byte after the image, in its last block
    write_image();
    std::vector<std::byte> whole = last;
    whole.push_back(std::byte{1});
    partitions::read_back(storage, disk.device(), {{8 * mebibyte, whole.size(), sha256_of(whole)}}, {});
}

TEST(Image, any_changed_byte_is_noticed) {
    write_image();
    flip_byte(disk.device(), 3 * mebibyte);
    check_mismatch_at(0);
    flip_byte(disk.device(), 3 * mebibyte);
    flip_byte(disk.device(), 5 * mebibyte);
    check_mismatch_at(4 * mebibyte);
    flip_byte(disk.device(), 5 * mebibyte);
    flip_byte(disk.device(), 8 * mebibyte + last.size() - 1);
    check_mismatch_at(8 * mebibyte);
}

TEST(Image, a_device_that_ends_too_early_is_a_mismatch) {
    CHECK_THROWS(partitions::ReadBackMismatch,
                 partitions::read_back(storage, disk.device(), {{12 * mebibyte, 8 * mebibyte, "-"}}, {}));
}

TEST(Image, nothing_is_written_beyond_the_partition) {
    partitions::PartitionWriter writer(storage, disk.device(), 8 * mebibyte, checkpoint);
    writer.write(4 * mebibyte, first, scratch);
    const std::array<std::byte, 1> one{};
    CHECK_THROWS(partitions::ImageTooLarge, writer.write(8 * mebibyte, one, scratch));
    CHECK_THROWS(partitions::ImageTooLarge, writer.write(5 * mebibyte, first, scratch));
    CHECK_THROWS(partitions::ImageTooLarge, writer.zero(4 * mebibyte, 5 * mebibyte, scratch));
    CHECK_THROWS(partitions::ImageTooLarge, writer.zero(UINT64_MAX - 4095, 8192, scratch));
    writer.finish();
    CHECK_THROWS(std::logic_error, writer.write(0, one, scratch));
    CHECK_THROWS(partitions::ImageTooLarge,
                 partitions::PartitionWriter(storage, disk.device(), 17 * mebibyte, checkpoint));
}

TEST(Image, a_mounted_partition_is_not_written) {
    partitions_test::shell("mkfs.ext4 -q " + disk.device().string());
    partitions_test::shell("mount " + disk.device().string() + " " + (directory / "").string());
    CHECK_THROWS(partitions::StorageBusy,
                 partitions::PartitionWriter(storage, disk.device(), 16 * mebibyte, checkpoint));
    partitions_test::shell("umount " + disk.device().string());
}

TEST(Image, reading_back_stops_when_asked) {
    write_image();
    std::stop_source source;
    CHECK_THROWS(
        partitions::ReadBackStopped,
        partitions::read_back(
            storage, disk.device(), ranges, [&](auto, auto) { source.request_stop(); }, source.get_token()));
}

TEST(Image, refuses_hashes_that_are_none) {
    for (const std::string &hash : {std::string(), std::string("00"), sha256_of(last).substr(1)})
        CHECK_THROWS(std::invalid_argument,
                     partitions::read_back(storage, disk.device(), {{0, 4096, hash}}, {}));
}

TEST(Image, readers_through_the_page_cache_see_the_new_bytes) {
    partitions_test::shell("sha256sum " + disk.device().string()); // the old ones are in the cache now
    write_image();
    partitions::read_back(storage, disk.device(), ranges, {});
    const std::string hash =
        partitions_test::shell("head -c 4194304 " + disk.device().string() + " | sha256sum");
    STRCMP_EQUAL(sha256_of(first).c_str(), hash.substr(0, 64).c_str());
}
