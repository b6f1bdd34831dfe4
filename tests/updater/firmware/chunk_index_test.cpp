// The text of the chunk index: read, written, and refused when it breaks a rule.
#include "tests/support/firmware_fixture.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::firmware;

namespace {

const std::string chunks_header = "update-control chunks 2\n";
const std::string hash_a =
    partitions::base::to_hexadecimal(partitions::base::sha256_of(std::string_view("a")));
const std::string hash_b =
    partitions::base::to_hexadecimal(partitions::base::sha256_of(std::string_view("b")));
const std::string hashes = " " + hash_a + " " + hash_b + "\n";
const std::string full = "zstd-units 4194304 1000" + hashes;

} // namespace

TEST_GROUP(ChunkIndex){};

TEST(ChunkIndex, tells_where_each_chunk_lies) {
    const std::string text = chunks_header + full + "zero 4194304 0 - -\n" + "zstd-units 4096 17" + hashes;
    const ChunkIndex index = parse_chunk_index(text, 2 * chunk_bytes + 4096);

    LONGS_EQUAL(3, index.chunks.size());
    UNSIGNED_LONGS_EQUAL(0, index.chunks[0].offset_bytes);
    UNSIGNED_LONGS_EQUAL(chunk_bytes, index.chunks[1].offset_bytes);
    UNSIGNED_LONGS_EQUAL(2 * chunk_bytes, index.chunks[2].offset_bytes);
    UNSIGNED_LONGS_EQUAL(0, index.chunks[0].stored_offset_bytes);
    UNSIGNED_LONGS_EQUAL(1000, index.chunks[1].stored_offset_bytes);
    UNSIGNED_LONGS_EQUAL(1000, index.chunks[2].stored_offset_bytes);
    UNSIGNED_LONGS_EQUAL(1017, index.stored_bytes);
    CHECK_TRUE(index.chunks[1].kind == ChunkKind::zero);
    CHECK_TRUE(index.chunks[0].raw_sha256 == partitions::base::sha256_of(std::string_view("a")));
    CHECK_TRUE(index.chunks[0].stored_sha256 == partitions::base::sha256_of(std::string_view("b")));
    CHECK_TRUE(index.chunks[1].raw_sha256 == partitions::base::sha256_of(std::string(chunk_bytes, '\0')));
    STRCMP_EQUAL(text.c_str(), serialize(index).c_str());
}

TEST(ChunkIndex, is_refused_when_it_breaks_a_rule) {
    struct Case {
        const char *what;
        std::string text;
        std::uint64_t image_bytes;
        const char *outcome;
    };
    const std::vector<Case> cases = {
        {"whole", chunks_header + full, chunk_bytes, "accepted"},
        {"nothing", "", 0, "wrong_index"},
        {"other text", "chunks 1\n", 0, "wrong_index"},
        {"later format", "update-control chunks 3\n", 0, "unsupported_format"},
        {"chunks_header without line break", "update-control chunks 2", 0, "wrong_index"},
        {"last line without line break", chunks_header + full.substr(0, full.size() - 1), chunk_bytes,
         "wrong_index"},
        {"empty line", chunks_header + "\n" + full, chunk_bytes, "wrong_index"},
        {"unknown kind", chunks_header + "gzip 4194304 1000" + hashes, chunk_bytes, "wrong_index"},
        {"four fields", chunks_header + "zstd-units 4194304 1000 " + hash_a + "\n", chunk_bytes,
         "wrong_index"},
        {"six fields", chunks_header + full.substr(0, full.size() - 1) + " x\n", chunk_bytes, "wrong_index"},
        {"two spaces", chunks_header + "zstd-units  4194304 1000" + hashes, chunk_bytes, "wrong_index"},
        {"carriage return", chunks_header + full.substr(0, full.size() - 1) + "\r\n", chunk_bytes,
         "wrong_index"},
        {"raw length too large", chunks_header + "zstd-units 4194305 1000" + hashes, chunk_bytes + 1,
         "wrong_index"},
        {"raw length zero", chunks_header + "zstd-units 0 1000" + hashes, 0, "wrong_index"},
        {"stored length too large", chunks_header + "zstd-units 4194304 5000000" + hashes, chunk_bytes,
         "wrong_index"},
        {"stored length zero", chunks_header + "zstd-units 4194304 0" + hashes, chunk_bytes, "wrong_index"},
        {"negative length", chunks_header + "zstd-units -1 1000" + hashes, 0, "wrong_index"},
        {"length with leading zero", chunks_header + "zstd-units 4194304 01000" + hashes, chunk_bytes,
         "wrong_index"},
        {"length beyond 64 bits", chunks_header + "zstd-units 4194304 99999999999999999999" + hashes,
         chunk_bytes, "wrong_index"},
        {"short hash", chunks_header + "zstd-units 4194304 1000 " + hash_a.substr(1) + " " + hash_b + "\n",
         chunk_bytes, "wrong_index"},
        {"upper-case hash",
         chunks_header + "zstd-units 4194304 1000 " + std::string(64, 'A') + " " + hash_b + "\n", chunk_bytes,
         "wrong_index"},
        {"zero chunk with stored bytes", chunks_header + "zero 4194304 1 - -\n", chunk_bytes, "wrong_index"},
        {"zero chunk with hashes", chunks_header + "zero 4194304 0" + hashes, chunk_bytes, "wrong_index"},
        {"stored chunk without hashes", chunks_header + "zstd-units 4194304 1000 - -\n", chunk_bytes,
         "wrong_index"},
        {"short chunk in the middle", chunks_header + "zstd-units 4096 10" + hashes + full,
         chunk_bytes + 4096, "wrong_index"},
        {"image shorter than the manifest says", chunks_header + full, 2 * chunk_bytes, "wrong_index"},
        {"image longer than the manifest says", chunks_header + full + full, chunk_bytes, "wrong_index"},
        {"too large", chunks_header + std::string(max_chunk_index_bytes, 'x'), chunk_bytes, "too_large"},
    };
    for (const Case &one : cases)
        STRCMP_EQUAL_TEXT(
            one.outcome, outcome_of([&] { parse_chunk_index(one.text, one.image_bytes); }).c_str(), one.what);
}
