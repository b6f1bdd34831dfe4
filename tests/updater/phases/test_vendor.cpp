#include "tests/updater/phases/test_vendor.hpp"

#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "partitions/layout.hpp"
#include "tests/support/appliance_xml.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <array>
#include <stdexcept>

namespace phases_tests {

namespace {

constexpr std::uint64_t image_bytes = 48UL * 1024;

const std::array<Release, 4> &releases() {
    static const std::array<Release, 4> all{{{"2.7.0.0", 'o', "1", "debian-12"},
                                             {"2.8.0.0", 'p', "1", "debian-12"},
                                             {"2.8.1.0", 'q', "2", "debian-13"},
                                             {"2.8.2.0", 'r', "2", "debian-13"}}};
    return all;
}

} // namespace

const TestVendor &TestVendor::the_one() {
    static const TestVendor made;
    return made;
}

TestVendor::TestVendor() {
    std::filesystem::create_directory(keys());
    firmware_writer::make_key_pair("Test Vendor", folder_ / "key", keys() / "certificate.pem");
    build("2.8.1.0",
          R"(<conversions contract="1">
               <conversion name="message-store" program="message-store" from="1" to="2"/>
               <conversion name="etc" program="etc" from="debian-12" to="debian-13"/>
             </conversions>)");
    build("2.8.2.0", R"(<conversions contract="1"/>)");
}

void TestVendor::build(const std::string &version, const std::string &conversions) {
    test_files::write_file(folder_ / "image", image(release(version)));
    firmware_writer::FirmwareParts parts;
    parts.manifest_template =
        R"(<firmware format="3"><product>p</product><hardware>h</hardware><version least-acceptable-version="2.8.0.0">)" +
        version +
        R"(</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version><formats><store name="message-store" format=")" +
        release(version).store_format + R"("/><configuration name="etc" format=")" +
        release(version).etc_format + R"("/></formats>)" + conversions +
        R"(<release-notes>n</release-notes><license>l</license></firmware>)";
    parts.image = folder_ / "image";
    parts.key = folder_ / "key";
    parts.certificate = keys() / "certificate.pem";
    parts.compression_level = 1;
    firmware_writer::write_firmware(parts, firmware(version), nullptr, {});
}

const Release &TestVendor::release(const std::string &version) {
    for (const Release &each : releases())
        if (each.version == version)
            return each;
    throw std::invalid_argument("the vendor has no version " + version);
}

std::string TestVendor::image(const Release &release) {
    return std::string(image_bytes, release.letter);
}

std::optional<Release> TestVendor::release_in(const std::string &partition_contents) {
    for (const Release &each : releases())
        if (partition_contents.starts_with(image(each)))
            return each;
    return std::nullopt;
}

std::filesystem::path TestVendor::root_of(const Release &release) {
    return "/images/" + release.version;
}

void TestVendor::put_roots_on(partitions_test::FakeStorage &disk) {
    for (const Release &each : releases()) {
        disk.put_file(root_of(each) / "var/lib/made-by", "the image of " + each.version);
        disk.put_directory(root_of(each) / "var/spool");
        disk.put_file(root_of(each) / partitions::appliance_file.relative_path(),
                      updater_test::appliance_xml({.version = each.version,
                                                   .stores = {{"message-store", each.store_format}},
                                                   .configuration = {{"etc", each.etc_format}}}));
        for (const char *program : {"message-store", "etc"})
            disk.put_file(root_of(each) / "usr/lib/update-control/hooks" / program, each.version);
    }
}

} // namespace phases_tests
