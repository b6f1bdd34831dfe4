// mkfs.ext4 with fixed names and times, so that only the trees differ.
#include "tests/support/image_fixture.hpp"

#include "partitions/zeros.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace image_test {

Workshop::Workshop() {
    std::string name = (std::filesystem::temp_directory_path() / "delta-test-XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
}

Workshop::~Workshop() {
    std::filesystem::remove_all(path_);
}

void Workshop::write(const std::string &name, const std::string &contents) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream file(path_ / name, std::ios::binary | std::ios::trunc);
    file << contents;
    file.close();
    if (!file)
        throw std::runtime_error("cannot write " + name);
}

void Workshop::shell(const std::string &command) const {
    if (std::system(("cd " + path_.string() + " && { " + command + "; }").c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

void Workshop::make_image(const std::string &tree, const std::string &image) const {
    shell("rm -f " + image + " && truncate -s 24M " + image +
          " && E2FSPROGS_FAKE_TIME=1767225600 mkfs.ext4 -q -F -b 4096 -O ^has_journal -U "
          "b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a001 "
          "-E hash_seed=b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a001,lazy_itable_init=0 -d " +
          tree + " " + image);
}

std::string text_like(std::size_t length, unsigned seed) {
    std::minstd_rand numbers(seed);
    std::string text(length, ' ');
    for (char &character : text)
        character = static_cast<char>('a' + numbers() % 26);
    return text;
}

std::string code_like(std::size_t length, unsigned seed) {
    std::minstd_rand numbers(seed);
    std::string code(length, '\0');
    for (char &byte : code)
        byte = static_cast<char>(numbers() % 251);
    return code;
}

Patch build_patch(const Workshop &workshop, const std::string &base, const std::string &target,
                  unsigned threads) {
    Patch patch;
    const std::string image = std::filesystem::exists(workshop / target) ? read_file(workshop / target) : "";
    for (std::uint64_t offset = 0; offset < image.size(); offset += updater::firmware::chunk_bytes) {
        const auto raw =
            std::as_bytes(std::span(image))
                .subspan(offset)
                .first(std::min<std::uint64_t>(updater::firmware::chunk_bytes, image.size() - offset));
        updater::firmware::Chunk chunk;
        chunk.kind = partitions::all_zero(raw) ? updater::firmware::ChunkKind::zero
                                               : updater::firmware::ChunkKind::zstd_units;
        chunk.offset_bytes = offset;
        chunk.raw_bytes = raw.size();
        chunk.stored_bytes = updater::firmware::max_stored_chunk_bytes; // any record is smaller
        patch.chunks.chunks.push_back(chunk);
    }
    patch.chunks.image_bytes = image.size();
    patch.part = delta::build_patch({.from = updater::firmware::Version(1, 0, 0, 0),
                                     .base_image = workshop / base,
                                     .target_image = workshop / target,
                                     .chunks = patch.chunks,
                                     .data_file = workshop / "patch",
                                     .threads = threads},
                                    nullptr);
    return patch;
}

std::string apply(const Workshop &workshop, const std::string &base, const Patch &patch) {
    const std::string old_image = read_file(workshop / base);
    const std::string records = read_file(workshop / "patch");
    std::string image(patch.chunks.image_bytes, '\0');
    for (std::size_t number = 0; number < patch.chunks.chunks.size(); ++number) {
        const updater::firmware::Chunk &chunk = patch.chunks.chunks[number];
        const auto &record = patch.part.index[number];
        if (chunk.kind == updater::firmware::ChunkKind::zero)
            continue;
        updater::firmware::apply_patch_record(
            std::as_bytes(std::span(records)).subspan(record.value().offset_bytes, record->stored_bytes),
            updater::firmware::one_by_one([&](std::uint64_t offset, std::span<std::byte> into) {
                const auto bytes = std::as_bytes(std::span(old_image)).subspan(offset, into.size());
                std::ranges::copy(bytes, into.begin());
            }),
            std::as_writable_bytes(std::span(image)).subspan(chunk.offset_bytes, chunk.raw_bytes));
    }
    return image;
}

} // namespace image_test
