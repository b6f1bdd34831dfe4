// The images look like systems: files that stay, move, change a little, are new, and gaps of zeros.
#include "tests/updater/install/install_fixture.hpp"

#include "image/delta/patch_builder.hpp"
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace updater::testing {

namespace {

constexpr std::size_t block = 4096;
constexpr std::size_t image_chunks = 6;

std::string random_bytes(std::size_t length, unsigned seed) {
    std::minstd_rand numbers(seed);
    std::string bytes(length, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(numbers() % 61);
    return bytes;
}

std::string old_image() {
    std::string image = random_bytes(image_chunks * firmware::chunk_bytes, 1);
    image.replace(2 * firmware::chunk_bytes, firmware::chunk_bytes, firmware::chunk_bytes, '\0');
    image.replace(3 * firmware::chunk_bytes + 100 * block, 200 * block, 200 * block, '\0');
    return image;
}

std::string new_image(std::string image) {
    const std::string before = image;
    // Moved by whole blocks, and by some bytes; changed here and there; new; gone.
    image.replace(10 * block, 300 * block, before, 4 * firmware::chunk_bytes + 7 * block, 300 * block);
    image.replace(firmware::chunk_bytes, 500 * block, before, firmware::chunk_bytes + 123, 500 * block);
    for (std::size_t place = 3 * firmware::chunk_bytes; place < 3 * firmware::chunk_bytes + 90 * block;
         place += 1000)
        image[place] = static_cast<char>(image[place] + 1);
    image.replace(4 * firmware::chunk_bytes + 50 * block, 20 * block, random_bytes(20 * block, 2));
    image.replace(5 * firmware::chunk_bytes + 600 * block, 300 * block, 300 * block, '\0');
    return image;
}

Releases make_releases() {
    static const TemporaryFolder folder;
    Releases made;
    made.folder = folder.path();
    made.old_image = made.folder / "old.img";
    made.new_image = made.folder / "new.img";
    made.firmware = made.folder / "new.fw";
    made.trusted_folder = made.folder / "trusted";
    std::filesystem::create_directory(made.trusted_folder);
    firmware_writer::make_key_pair("Test Vendor", made.folder / "key",
                                   made.trusted_folder / "certificate.pem");
    made.old_bytes = old_image();
    made.new_bytes = new_image(made.old_bytes);
    write_file(made.old_image, made.old_bytes);
    write_file(made.new_image, made.new_bytes);
    return made;
}

} // namespace

const Releases &releases() {
    static const Releases made = make_releases();
    static const bool firmware_made = (build_firmware(made.new_image, made.firmware, made.old_image), true);
    static_cast<void>(firmware_made);
    return made;
}

void build_firmware(const std::filesystem::path &image, const std::filesystem::path &output,
                    const std::filesystem::path &base) {
    const std::filesystem::path folder = output.parent_path();
    firmware_writer::FirmwareParts parts;
    parts.manifest_template = R"(<firmware format="3">
  <product>test-appliance</product><hardware>test-machine</hardware>
  <version>2.8.1.0</version><minimum-version>2.7.0.0</minimum-version>
  <formats/><conversions contract="1"/><release-notes>Notes</release-notes><license>Terms</license>
</firmware>)";
    parts.image = image;
    parts.key = folder / "key";
    parts.certificate = folder / "trusted" / "certificate.pem";
    parts.compression_level = 1;
    if (!base.empty())
        parts.make_patches = [&](const firmware::ChunkIndex &chunks) {
            return std::vector<firmware_writer::PatchPart>{
                delta::build_patch({.from = firmware::Version(2, 8, 0, 0),
                                    .base_image = base,
                                    .target_image = image,
                                    .chunks = chunks,
                                    .data_file = folder / "patch",
                                    .threads = 2},
                                   nullptr)};
        };
    firmware_writer::write_firmware(parts, output, nullptr, {});
}

void damage(const std::filesystem::path &path, std::uint64_t offset_bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(offset_bytes));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset_bytes));
    file.put(static_cast<char>(byte ^ 1));
    if (!file)
        throw std::runtime_error("cannot damage " + path.string());
}

void BreakingSource::read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
                          const std::stop_token &stop) {
    source_.read(
        ranges,
        [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
            const auto piece = bytes.first(std::min<std::uint64_t>(bytes.size(), bytes_left_));
            bytes_left_ -= piece.size();
            sink(offset_bytes, piece);
            if (piece.size() < bytes.size())
                throw Broken();
        },
        stop);
}

} // namespace updater::testing
