// The manifest: what is taken from it, and that whatever breaks a rule is refused with the place named.
#include "image/firmware-writer/manifest_writer.hpp"
#include "tests/support/firmware_fixture.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace firmware_writer;
using namespace updater::firmware;

namespace {

const std::string any_hash(64, 'a');

const std::string whole_manifest = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<firmware format="3">
  <product>mailsec-appliance</product>
  <hardware>qemu-x86_64</hardware>
  <version least-acceptable-version="2.8.0.9">2.8.1.0</version>
  <minimum-version install-first="2.8.0.5">2.8.0.0</minimum-version>
  <image bytes="1048576"/>
  <chunks hash-algorithm="sha256" hash=")" +
                                   any_hash +
                                   R"(" bytes="200"/>
  <formats>
    <store name="message-store" format="3"/>
    <configuration name="etc" format="debian-13"/>
  </formats>
  <conversions contract="7">
    <conversion name="message-store" program="convert-store" from="1" to="2"/>
    <conversion name="message-store" program="convert-store" from="2" to="3"/>
    <conversion name="etc" program="etc" from="any" to="debian-13"/>
  </conversions>
  <requires><space path="/data" free-bytes="5000"/><package>postgresql-15</package><package>libc6</package><port number="25" protocol="tcp" service="postfix.service"/></requires>
  <release-notes>
    A &lt;new&gt; one
    with two lines
  </release-notes>
  <license>Terms</license>
</firmware>
)";

std::string with(const std::string &before, const std::string &after) {
    const std::size_t place = whole_manifest.find(before);
    if (place == std::string::npos)
        throw std::logic_error("not in the manifest: " + before);
    std::string changed = whole_manifest;
    return changed.replace(place, before.size(), after);
}

} // namespace

TEST_GROUP(Manifest){};

TEST(Manifest, says_everything) {
    const Manifest manifest = parse_manifest(whole_manifest);
    STRCMP_EQUAL("mailsec-appliance", manifest.product.c_str());
    STRCMP_EQUAL("qemu-x86_64", manifest.hardware.c_str());
    CHECK_TRUE(manifest.version == Version(2, 8, 1, 0));
    CHECK_TRUE(manifest.minimum_version == Version(2, 8, 0, 0));
    CHECK_TRUE(manifest.install_first == Version(2, 8, 0, 5));
    CHECK_TRUE(manifest.least_acceptable_version == Version(2, 8, 0, 9));
    UNSIGNED_LONGS_EQUAL(1048576, manifest.image_bytes);
    STRCMP_EQUAL(any_hash.c_str(), partitions::base::to_hexadecimal(manifest.chunks_hash).c_str());
    UNSIGNED_LONGS_EQUAL(200, manifest.chunks_bytes);
    const std::vector<DataFormat> formats = {{"message-store", ConversionKind::store, "3"},
                                             {"etc", ConversionKind::configuration, "debian-13"}};
    CHECK_TRUE(manifest.formats == formats);
    UNSIGNED_LONGS_EQUAL(7, manifest.conversion_contract);
    const std::vector<Conversion> conversions = {
        {"message-store", ConversionKind::store, "convert-store", "1", "2"},
        {"message-store", ConversionKind::store, "convert-store", "2", "3"},
        {"etc", ConversionKind::configuration, "etc", "any", "debian-13"}};
    CHECK_TRUE(manifest.conversions == conversions);
    CHECK_TRUE((manifest.required_space == std::vector<SpaceRequirement>{{"/data", 5000}}));
    CHECK_TRUE((manifest.required_packages == std::vector<std::string>{"postgresql-15", "libc6"}));
    CHECK_TRUE((manifest.required_ports == std::vector<PortRequirement>{{25, "tcp", "postfix.service"}}));
    STRCMP_EQUAL("A <new> one\n    with two lines", manifest.release_notes.c_str());
    STRCMP_EQUAL("Terms", manifest.license.c_str());
}

TEST(Manifest, converts_data_when_a_format_changes) {
    struct Case {
        std::vector<Conversion> conversions;
        bool converts;
    };
    const Conversion merge{"etc", ConversionKind::configuration, "etc", "any", "debian-13"};
    const Conversion step{"policy", ConversionKind::configuration, "policy", "1", "2"};
    for (const Case &one : std::vector<Case>{{{}, false}, {{merge}, false}, {{merge, step}, true}}) {
        Manifest manifest;
        manifest.conversions = one.conversions;
        CHECK_EQUAL(one.converts, converts_data(manifest));
    }
}

TEST(Manifest, may_leave_out_what_is_optional) {
    STRCMP_EQUAL("2.8.0.0",
                 parse_manifest(with(" install-first=\"2.8.0.5\"", "")).install_first.text().c_str());
    const std::string least = R"( least-acceptable-version="2.8.0.9")";
    CHECK_FALSE(parse_manifest(with(least, "")).least_acceptable_version.has_value());
    CHECK_TRUE(parse_manifest(with("2.8.0.9", "2.8.1.0")).least_acceptable_version == Version(2, 8, 1, 0));
    const std::size_t begin = whole_manifest.find("  <requires>");
    const std::string requirements =
        whole_manifest.substr(begin, whole_manifest.find("</requires>") + 11 - begin);
    CHECK_TRUE(parse_manifest(with(requirements, "")).required_space.empty());
}

TEST(Manifest, is_refused_when_it_breaks_a_rule) {
    const std::string conversion = R"(<conversion name="etc")";
    const std::string merge = R"(<conversion name="etc" program="etc" from="any" to="debian-13"/>)";
    struct Case {
        std::string manifest;
        const char *outcome;
        const char *named; ///< has to be in the message
    };
    const std::vector<Case> cases = {
        {"", "wrong_manifest", "XML"},
        {"<firmware", "wrong_manifest", "line 1"},
        {"<appliance format=\"2\"/>", "wrong_manifest", "<firmware>"},
        {whole_manifest + "<firmware format=\"2\"/>", "wrong_manifest", "beside"},
        {whole_manifest + "text", "wrong_manifest", ""},
        {"<!DOCTYPE x>" + whole_manifest, "wrong_manifest", ""},
        {whole_manifest + std::string(1, '\0'), "wrong_manifest", "zero byte"},
        {whole_manifest + std::string(max_manifest_bytes, ' '), "too_large", "longer"},
        {with("format=\"3\"", "format=\"2\""), "unsupported_format", "format"},
        {with(" format=\"3\"", ""), "wrong_manifest", "format"},
        {with("format=\"3\"", "format=\"3\" extra=\"1\""), "wrong_manifest", "extra"},
        {with("format=\"3\"", "format=\"3\" format=\"3\""), "wrong_manifest", "XML"},
        {with("<license>Terms</license>", ""), "wrong_manifest", "<license>"},
        {with("<license>", "<extra/><license>"), "wrong_manifest", "<extra> in line 24"},
        {with("<license>", "<license>a</license><license>"), "wrong_manifest", "exactly one <license>"},
        {with("<license>", "text <license>"), "wrong_manifest", "<firmware>"},
        {with("<license>Terms", "<license>Terms &#27;[2J"), "wrong_manifest", "control characters"},
        {with("<license>Terms", "<license>Terms <b>x</b>"), "wrong_manifest", "<b>"},
        {with("mailsec-appliance", ""), "wrong_manifest", "<product>"},
        {with("mailsec-appliance", "../etc"), "wrong_manifest", "<product>"},
        {with("mailsec-appliance", std::string(65, 'x')), "wrong_manifest", "<product>"},
        {with(">2.8.1.0<", ">2.8.1<"), "wrong_manifest", "<version>"},
        {with("\"2.8.0.9\"", "\"2.8.1.1\""), "wrong_manifest", "newer than the version itself"},
        {with("\"2.8.0.9\"", "\"\""), "wrong_manifest", "<version>"},
        {with("\"2.8.0.9\"", "\" 2.8.0.9\""), "wrong_manifest", "<version>"},
        {with("\"2.8.0.9\"", "\"02.8.0.9\""), "wrong_manifest", "<version>"},
        {with("least-acceptable", "most-acceptable"), "wrong_manifest", "most-acceptable"},
        {with(">2.8.0.0<", ">2.8.0.6<"), "wrong_manifest", "older"},
        {with("2.8.0.5", "2.8.1.1"), "wrong_manifest", "older"},
        {with("bytes=\"1048576\"", "bytes=\"1048577\""), "wrong_manifest", "4096"},
        {with("bytes=\"1048576\"", "bytes=\"0\""), "wrong_manifest", "<image>"},
        {with("bytes=\"1048576\"", "bytes=\"-4096\""), "wrong_manifest", "<image>"},
        {with("bytes=\"1048576\"", "bytes=\"99999999999999999999\""), "wrong_manifest", "<image>"},
        {with("bytes=\"1048576\"", ""), "wrong_manifest", "bytes"},
        {with("\"sha256\"", "\"md5\""), "unsupported_format", "sha256"},
        {with("hash=\"a", "hash=\"A"), "wrong_manifest", "hash"},
        {with("bytes=\"200\"", "bytes=\"16777217\""), "wrong_manifest", "<chunks>"},
        {with("contract=\"7\"", ""), "wrong_manifest", "contract"},
        {with("contract=\"7\"", "contract=\"-1\""), "wrong_manifest", "contract"},
        {with("<configuration name=\"etc\"", "<configuration name=\"message-store\""), "wrong_manifest",
         "another format of message-store"},
        {with("<configuration name=\"etc\"", "<store name=\"etc\""), "wrong_manifest", "named etc"},
        {with("<configuration name", "<settings name"), "wrong_manifest", "<settings>"},
        {with(" format=\"debian-13\"", ""), "wrong_manifest", "format"},
        {with(" format=\"debian-13\"", " format=\"any\""), "wrong_manifest", "one format"},
        {with(" format=\"debian-13\"", " format=\"a b\""), "wrong_manifest", "<configuration>"},
        {with(conversion, R"(<conversion name="etc" kind="configuration")"), "wrong_manifest", "kind"},
        {with(conversion, R"(<conversion name="policy")"), "wrong_manifest", "does not name: policy"},
        {with(conversion, R"(<conversion)"), "wrong_manifest", "name"},
        {with("from=\"1\" to=\"2\"", "from=\"2\" to=\"3\""), "wrong_manifest", "another conversion"},
        {with("from=\"1\" to=\"2\"", "from=\"any\" to=\"3\""), "wrong_manifest", "another conversion"},
        {with("from=\"1\" to=\"2\"", "from=\"2\" to=\"2\""), "wrong_manifest", "same format"},
        {with("from=\"1\" to=\"2\"", "from=\"1\" to=\"any\""), "wrong_manifest", "one format"},
        {with(merge, R"(<conversion name="etc" program="etc" from="any" to="debian-14"/>)"), "wrong_manifest",
         "the new system has debian-13"},
        {with(merge, merge + merge), "wrong_manifest", "another conversion"},
        {with("\"convert-store\"", "\"../bin/sh\""), "wrong_manifest", "<conversion>"},
        {with("\"convert-store\"", "\"\""), "wrong_manifest", "<conversion>"},
        {with("path=\"/data\"", "path=\"data\""), "wrong_manifest", "<space>"},
        {with("path=\"/data\"", "path=\"/data/../x\""), "wrong_manifest", "<space>"},
        {with("free-bytes=\"5000\"", "free-bytes=\"5 GB\""), "wrong_manifest", "free-bytes"},
        {with(">libc6<", ">lib c6<"), "wrong_manifest", "<package>"},
        {with("number=\"25\"", "number=\"0\""), "wrong_manifest", "<port>"},
        {with("number=\"25\"", "number=\"65536\""), "wrong_manifest", "<port>"},
        {with("protocol=\"tcp\"", "protocol=\"sctp\""), "wrong_manifest", "<port>"},
        {with("service=\"postfix.service\"", "service=\"a b\""), "wrong_manifest", "<port>"},
        {with(" service=\"postfix.service\"", ""), "wrong_manifest", "service"},
    };
    for (const Case &one : cases) {
        std::string message;
        const std::string outcome = outcome_of([&] {
            try {
                parse_manifest(one.manifest);
            } catch (const std::exception &error) {
                message = error.what();
                throw;
            }
        });
        STRCMP_EQUAL_TEXT(one.outcome, outcome.c_str(),
                          (std::string(one.named) + "\n" + one.manifest).c_str());
        STRCMP_CONTAINS_TEXT(one.named, message.c_str(), one.manifest.c_str());
    }
}

TEST(Manifest, is_completed_from_a_template) {
    const partitions::base::Sha256 index_hash = partitions::base::sha256_of(std::string_view("index"));
    const auto facts = [&](std::uint64_t image_bytes, std::uint64_t chunks_bytes) {
        return ImageFacts{.image_bytes = image_bytes,
                          .chunks_hash = index_hash,
                          .chunks_bytes = chunks_bytes,
                          .units = std::nullopt,
                          .patches = {}};
    };
    const Manifest manifest = parse_manifest(complete_manifest(manifest_template(), facts(8192, 77)));
    UNSIGNED_LONGS_EQUAL(8192, manifest.image_bytes);
    UNSIGNED_LONGS_EQUAL(77, manifest.chunks_bytes);
    CHECK_TRUE(manifest.chunks_hash == index_hash);
    STRCMP_EQUAL("test-appliance", manifest.product.c_str());
    STRCMP_EQUAL("Notes & more", manifest.release_notes.c_str());

    const Manifest again = parse_manifest(complete_manifest(whole_manifest, facts(4096, 78)));
    UNSIGNED_LONGS_EQUAL(4096, again.image_bytes);
    CHECK_TRUE(again.least_acceptable_version == Version(2, 8, 0, 9));
    CHECK_THROWS(FirmwareRefused, complete_manifest("<firmware/>", facts(4096, 78)));
    CHECK_THROWS(FirmwareRefused, complete_manifest("", facts(4096, 78)));
}

TEST(Manifest, names_what_follows_the_image_by_its_place) {
    const partitions::base::Sha256 hash = partitions::base::sha256_of(std::string_view("x"));
    const ImageFacts facts{.image_bytes = 8192,
                           .chunks_hash = hash,
                           .chunks_bytes = 77,
                           .units = StoredEntry{1024, 100, hash},
                           .patches = {{Version(2, 8, 0, 0), 8192, hash, {2048, 50, hash}, 4096, 600},
                                       {Version(2, 7, 0, 0), 4096, hash, {8192, 51, hash}, 9216, 601}}};
    const std::string xml = complete_manifest(manifest_template(), facts);
    const Manifest manifest = parse_manifest(xml);
    CHECK_TRUE(manifest.units == facts.units);
    CHECK_TRUE(manifest.patches == facts.patches);

    struct Case {
        const char *from;
        const char *to;
        const char *named;
    };
    const Case cases[] = {
        {"from=\"2.7.0.0\"", "from=\"2.8.0.0\"", "another patch from 2.8.0.0"},
        {"from=\"2.7.0.0\"", "from=\"2.7\"", "<patch>"},
        {"offset=\"1024\"", "offset=\"1999\"", "overlaps"},
        {"offset=\"9216\"", "offset=\"8200\"", "overlaps"},
        {"offset=\"1024\"", "offset=\"-1\"", "offset"},
        {"bytes=\"600\"", "bytes=\"1099511627777\"", "bytes"},
        {"base-bytes=\"4096\"", "", "base-bytes"},
        {"<units ", "<units extra=\"1\" ", "extra"},
        {"<data offset", "<datum offset", "<data>"},
    };
    for (const Case &one : cases) {
        std::string changed = xml;
        const std::size_t place = changed.find(one.from);
        CHECK_TRUE_TEXT(place != std::string::npos, one.from);
        changed.replace(place, std::string_view(one.from).size(), one.to);
        std::string message;
        STRCMP_EQUAL_TEXT("wrong_manifest", outcome_of([&] {
                                                try {
                                                    parse_manifest(changed);
                                                } catch (const std::exception &error) {
                                                    message = error.what();
                                                    throw;
                                                }
                                            }).c_str(),
                          one.to);
        STRCMP_CONTAINS_TEXT(one.named, message.c_str(), one.to);
    }
}
