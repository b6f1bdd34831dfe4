// Keys, images and firmware files for tests.
#include "tests/support/firmware_fixture.hpp"
#include "image/firmware-writer/signer.hpp"

#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/manifest_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

#include <CppUTest/MemoryLeakWarningPlugin.h>

namespace updater::testing {

namespace {

/// Keys stay from one test to the next; CppUTest would call that a leak. The sanitizers look for real ones.
const bool leaks_are_left_to_the_sanitizers = (MemoryLeakWarningPlugin::turnOffNewDeleteOverloads(), true);

TestKey make_key(const TemporaryFolder &folder, const std::string &name) {
    TestKey key{folder / "key", folder / "trusted/certificate.pem", folder / "trusted"};
    std::filesystem::create_directory(key.trusted_folder);
    firmware_writer::make_key_pair(name, key.key, key.certificate);
    return key;
}

} // namespace

const TestKey &vendor_key() {
    static const TemporaryFolder folder;
    static const TestKey key = make_key(folder, "Test Vendor");
    return key;
}

const TestKey &stranger_key() {
    static const TemporaryFolder folder;
    static const TestKey key = make_key(folder, "Some Stranger");
    return key;
}

void run_command(const std::string &command) {
    if (std::system(command.c_str()) != 0)
        throw std::runtime_error("failed: " + command);
}

std::string manifest_template() {
    return R"(<firmware format="3">
  <product>test-appliance</product><hardware>test-machine</hardware>
  <version>2.8.1.0</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
  <formats/><conversions contract="1"/>
  <release-notes>Notes &amp; more</release-notes><license>Terms</license>
</firmware>
)";
}

std::string test_image() {
    constexpr std::size_t short_chunk_bytes = 8192;
    std::string image(2 * firmware::chunk_bytes + short_chunk_bytes, '\0');
    std::minstd_rand numbers(1); // the same image in every run
    const auto fill = [&](std::size_t begin, std::size_t end) {
        for (std::size_t position = begin; position < end; ++position)
            image[position] = static_cast<char>('a' + numbers() % 16);
    };
    fill(0, firmware::chunk_bytes);
    fill(2 * firmware::chunk_bytes, image.size());
    return image;
}

void build_firmware(const std::filesystem::path &output) {
    const TemporaryFolder folder;
    write_file(folder / "image", test_image());
    firmware_writer::FirmwareParts parts;
    parts.manifest_template = manifest_template();
    parts.image = folder / "image";
    parts.key = vendor_key().key;
    parts.certificate = vendor_key().certificate;
    parts.compression_level = 1;
    write_firmware(parts, output, nullptr, {});
}

std::vector<Entry> entries_of(const std::filesystem::path &firmware) {
    const std::unique_ptr<archive, decltype([](archive *a) { archive_read_free(a); })> reader(
        archive_read_new());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_filename(reader.get(), firmware.c_str(), 10240) != ARCHIVE_OK)
        throw std::runtime_error("cannot open the archive");
    std::vector<Entry> entries;
    for (archive_entry *entry = nullptr; archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK;) {
        std::string contents(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
        if (archive_read_data(reader.get(), contents.data(), contents.size()) !=
            static_cast<la_ssize_t>(contents.size()))
            throw std::runtime_error("cannot read the archive");
        entries.push_back({archive_entry_pathname(entry), contents});
    }
    return entries;
}

void write_entries(const std::filesystem::path &firmware, const std::vector<Entry> &entries) {
    const std::unique_ptr<archive, decltype([](archive *a) { archive_write_free(a); })> writer(
        archive_write_new());
    const auto require = [](bool worked) {
        if (!worked)
            throw std::runtime_error("cannot write the archive");
    };
    archive_write_set_format_pax(writer.get());
    require(archive_write_open_filename(writer.get(), firmware.c_str()) == ARCHIVE_OK);
    for (const Entry &item : entries) {
        const std::unique_ptr<archive_entry, decltype([](archive_entry *e) { archive_entry_free(e); })> entry(
            archive_entry_new());
        archive_entry_set_pathname(entry.get(), item.name.c_str());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(item.contents.size()));
        require(archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK);
        require(archive_write_data(writer.get(), item.contents.data(), item.contents.size()) ==
                static_cast<la_ssize_t>(item.contents.size()));
    }
    require(archive_write_close(writer.get()) == ARCHIVE_OK);
}

std::vector<Entry> signed_entries(const std::string &index, std::uint64_t image_bytes,
                                  const std::string &image) {
    const std::string manifest = firmware_writer::complete_manifest(
        manifest_template(), {.image_bytes = image_bytes,
                              .chunks_hash = partitions::base::sha256_of(index),
                              .chunks_bytes = index.size(),
                              .units = std::nullopt,
                              .patches = {}});
    return {{"manifest.xml", manifest},
            {"manifest.sig", firmware_writer::sign(manifest, vendor_key().key, vendor_key().certificate)},
            {"chunks", index},
            {"image", image}};
}

std::string outcome_of(const std::function<void()> &work) {
    try {
        work();
        return "accepted";
    } catch (const firmware::FirmwareRefused &error) {
        return name_of(error.kind());
    } catch (const firmware::FirmwareDamaged &) {
        return "damaged";
    }
}

Reading read_all(const std::filesystem::path &firmware) {
    Reading reading;
    const auto sink = [&](const firmware::Chunk &chunk, std::span<const std::byte> raw) {
        if (reading.image.size() != chunk.offset_bytes)
            throw std::runtime_error("the chunks do not come in order");
        reading.image.append(reinterpret_cast<const char *>(raw.data()), raw.size());
        if (chunk.kind == firmware::ChunkKind::zero)
            reading.image.append(static_cast<std::size_t>(chunk.raw_bytes), '\0');
    };
    reading.outcome = outcome_of([&] {
        try {
            const firmware::FirmwareReader reader(
                firmware, firmware::TrustedKeys::from_directory(vendor_key().trusted_folder));
            reader.read_image(sink, nullptr, {});
        } catch (const std::exception &error) {
            reading.message = error.what();
            throw;
        }
    });
    return reading;
}

} // namespace updater::testing
