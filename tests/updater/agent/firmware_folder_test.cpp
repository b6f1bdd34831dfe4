// Which of the downloaded files are offered.
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/agent/firmware_folder.hpp"
#include "updater/firmware/firmware_writer.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;

TEST_GROUP(FirmwareFolder) {
    TemporaryFolder folder;

    void make_firmware(const std::string &version, const std::string &key) const {
        FirmwareParts parts;
        parts.manifest_template =
            R"(<firmware format="3"><product>p</product><hardware>h</hardware><version>)" + version +
            R"(</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
               <formats/><conversions contract="1"/><release-notes>n</release-notes><license>l</license></firmware>)";
        parts.image = folder / "image";
        parts.key = folder / (key + ".key");
        parts.certificate = folder / (key + ".pem");
        parts.compression_level = 1;
        write_firmware(parts, folder / "firmware" / (version + ".fw"), nullptr, {});
    }
    TrustedKeys keys(const std::string &name) const {
        return TrustedKeys::from_pem(test_files::read_file(folder / (name + ".pem")), name);
    }
};

TEST(FirmwareFolder, OffersWhatKeysThatCountNowHaveSignedNewestFirst) {
    std::filesystem::create_directory(folder / "firmware");
    test_files::write_file(folder / "image", std::string(8192, 'x'));
    for (const std::string key : {"old", "new"})
        make_key_pair(key, folder / (key + ".key"), folder / (key + ".pem"));
    make_firmware("2.8.1.0", "old");
    make_firmware("2.8.2.0", "new");
    make_firmware("2.8.10.0", "new");
    test_files::write_file(folder / "firmware" / "2.9.0.0.fw", "no firmware");

    TrustedKeys now = keys("old");
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
