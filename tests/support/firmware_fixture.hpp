// Keys, images and firmware files for tests, whole ones and damaged ones.
#pragma once

#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/firmware/firmware_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace updater::testing {

using ::TemporaryFolder;

/// A key, and a folder that holds its certificate and nothing else.
struct TestKey {
    std::filesystem::path key;
    std::filesystem::path certificate;
    std::filesystem::path trusted_folder;
};

/// Made when first asked for, because making RSA keys takes a while.
const TestKey &vendor_key();
const TestKey &stranger_key();

using test_files::read_file;
using test_files::write_file;

/// Runs a shell command; fails the test if it fails.
void run_command(const std::string &command);

/// A manifest without the image and chunks elements.
std::string manifest_template();

/// Three chunks: data, zeros, and a short one with data.
std::string test_image();

/// A firmware file with test_image(), signed by vendor_key().
void build_firmware(const std::filesystem::path &output);

struct Entry {
    std::string name;
    std::string contents;
    bool operator==(const Entry &) const = default;
};

std::vector<Entry> entries_of(const std::filesystem::path &firmware);
void write_entries(const std::filesystem::path &firmware, const std::vector<Entry> &entries);

/// The entries of a firmware with this index and image, in order and correctly signed by vendor_key().
std::vector<Entry> signed_entries(const std::string &index, std::uint64_t image_bytes,
                                  const std::string &image);

/// "accepted", "damaged", or the name of the FirmwareRefusal that `work` throws.
std::string outcome_of(const std::function<void()> &work);

/// What read_image does with a firmware.
struct Reading {
    std::string outcome; ///< as outcome_of
    std::string message;
    std::string image; ///< what the sink got
};
Reading read_all(const std::filesystem::path &firmware);

} // namespace updater::testing
