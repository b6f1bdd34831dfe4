// Which parts of a firmware file have a hash of their own.
#include "updater/download/firmware_pieces.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::download;

namespace {

partitions::base::Sha256 hash(unsigned char number) {
    partitions::base::Sha256 value{};
    value.front() = std::byte{number};
    return value;
}

/// Two stored chunks with zeros between them; units; one patch.
firmware::FirmwareHead head() {
    firmware::FirmwareHead made;
    made.image_offset_bytes = 10'000;
    made.chunks.chunks = {{.stored_offset_bytes = 0, .stored_bytes = 100, .stored_sha256 = hash(1)},
                          {.kind = firmware::ChunkKind::zero, .stored_offset_bytes = 100},
                          {.stored_offset_bytes = 100, .stored_bytes = 50, .stored_sha256 = hash(2)}};
    made.chunks.stored_bytes = 150;
    made.manifest.units = firmware::StoredEntry{.offset_bytes = 1024, .length_bytes = 30, .sha256 = hash(3)};
    made.manifest.patches.push_back({.index = {.offset_bytes = 2048, .length_bytes = 20, .sha256 = hash(4)},
                                     .data_offset_bytes = 3072,
                                     .data_bytes = 12});
    return made;
}

const firmware::PatchIndex patch{
    firmware::PatchRecord{.offset_bytes = 0, .stored_bytes = 5, .stored_sha256 = hash(5)}, std::nullopt,
    firmware::PatchRecord{.offset_bytes = 5, .stored_bytes = 7, .stored_sha256 = hash(6)}};

} // namespace

TEST_GROUP(FirmwarePieces){};

TEST(FirmwarePieces, are_chunks_indexes_and_records_by_their_place_in_the_file) {
    CHECK((patch_index_pieces(head()) == std::vector<FirmwarePiece>{{{12'048, 20}, hash(4)}}));
    CHECK((content_pieces(head(), {&patch, 1}) == std::vector<FirmwarePiece>{{{10'000, 100}, hash(1)},
                                                                             {{10'100, 50}, hash(2)},
                                                                             {{11'024, 30}, hash(3)},
                                                                             {{13'072, 5}, hash(5)},
                                                                             {{13'077, 7}, hash(6)}}));
}

TEST(FirmwarePieces, end_with_the_block_of_the_last_one) {
    CHECK_EQUAL(13'312U, signed_end_bytes(head()));
    firmware::FirmwareHead alone = head();
    alone.manifest.units.reset();
    alone.manifest.patches.clear();
    CHECK_EQUAL(10'240U, signed_end_bytes(alone));
}

TEST(FirmwarePieces, leave_the_archives_headers_between_them) {
    const auto pieces = content_pieces(head(), {&patch, 1});
    CHECK((between(pieces, 13'312) ==
           std::vector<firmware::ByteRange>{{0, 10'000}, {10'150, 874}, {11'054, 2018}, {13'084, 228}}));
    CHECK((between({}, 5) == std::vector<firmware::ByteRange>{{0, 5}}));
}
