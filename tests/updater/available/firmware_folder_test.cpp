// Which of the downloaded files are offered.
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/available/firmware_folder.hpp"

#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::available;

TEST_GROUP(FirmwareFolder) {
    TemporaryFolder folder;

    void make_firmware(const std::string &version, const std::string &key) const {
        firmware_writer::FirmwareParts parts;
        parts.manifest_template =
            R"(<firmware format="3"><product>p</product><hardware>h</hardware><version>)" + version +
            R"(</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
               <formats/><conversions contract="1"/><release-notes>n</release-notes><license>l</license></firmware>)";
        parts.image = folder / "image";
        parts.key = folder / (key + ".key");
        parts.certificate = folder / (key + ".pem");
        parts.compression_level = 1;
        firmware_writer::write_firmware(parts, folder / "firmware" / (version + ".fw"), nullptr, {});
    }
    firmware::TrustedKeys keys(const std::string &name) const {
        return firmware::TrustedKeys::from_pem(test_files::read_file(folder / (name + ".pem")), name);
    }
};

TEST(FirmwareFolder, lists_what_trusted_keys_have_signed_newest_first) {
    std::filesystem::create_directory(folder / "firmware");
    test_files::write_file(folder / "image", std::string(8192, 'x'));
    for (const std::string key : {"old", "new"})
        firmware_writer::make_key_pair(key, folder / (key + ".key"), folder / (key + ".pem"));
    make_firmware("2.8.1.0", "old");
    make_firmware("2.8.2.0", "new");
    make_firmware("2.8.10.0", "new");
    test_files::write_file(folder / "firmware" / "2.9.0.0.fw", "no firmware");

    firmware::TrustedKeys now = keys("old");
    const FirmwareFolder firmware(folder / "firmware", [&] { return now; });
    const auto versions = [&] {
        std::string found;
        for (const DownloadedFirmware &each : firmware.list())
            found += each.version.text() + " ";
        return found;
    };
    STRCMP_EQUAL("2.8.1.0 ", versions().c_str());
    now = keys("new").in_place_of(now);
    STRCMP_EQUAL("2.8.10.0 2.8.2.0 ", versions().c_str());
}

TEST(FirmwareFolder, reads_a_file_once_for_as_long_as_it_and_the_keys_stay_as_they_are) {
    std::filesystem::create_directory(folder / "firmware");
    for (const std::string key : {"old", "new"})
        firmware_writer::make_key_pair(key, folder / (key + ".key"), folder / (key + ".pem"));
    const auto file = folder / "firmware" / "a.fw";
    test_files::write_file(file, "2.8.1.0");
    test_files::write_file(folder / "firmware" / "b.fw", "no version");
    int reads = 0;
    firmware::TrustedKeys now = keys("old");
    const FirmwareFolder firmware(
        folder / "firmware", [&] { return now; },
        [&](const std::filesystem::path &path, const firmware::TrustedKeys &) {
            ++reads;
            const std::string text = test_files::read_file(path);
            if (text == "no version")
                throw firmware::FirmwareDamaged("no firmware");
            return firmware::Version::parse(text);
        });
    const auto newest = [&] { return firmware.list().front().version.text(); };
    for (int call = 0; call < 100; ++call)
        STRCMP_EQUAL("2.8.1.0", newest().c_str());
    CHECK_EQUAL(2, reads);
    // Other contents, of the same length, at the same time of modification.
    const auto modified = std::filesystem::last_write_time(file);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    test_files::write_file(file, "2.8.2.0");
    std::filesystem::last_write_time(file, modified);
    STRCMP_EQUAL("2.8.2.0", newest().c_str());
    CHECK_EQUAL(3, reads);
    // Another file under the same name.
    test_files::write_file(folder / "other", "2.8.3.0");
    std::filesystem::rename(folder / "other", file);
    STRCMP_EQUAL("2.8.3.0", newest().c_str());
    now = keys("new");
    newest();
    CHECK_EQUAL(6, reads);
    now = keys("new");
    newest();
    CHECK_EQUAL(6, reads);
    std::filesystem::remove(file);
    CHECK_TRUE(firmware.list().empty());
    std::filesystem::remove_all(folder / "firmware");
    CHECK_TRUE(firmware.list().empty());
}
