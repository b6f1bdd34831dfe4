// Manifests and firmware files for the fuzzers to begin with.
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/manifest_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/trusted_keys.hpp"

#include <sstream>

using namespace updater;
using namespace updater::firmware;
using namespace partitions::base;
using namespace firmware_writer;
using test_files::read_file;

namespace fuzz {

namespace {

constexpr std::string_view manifest_template = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<firmware format="3">
  <product>mailsec-appliance</product>
  <hardware>qemu-x86_64</hardware>
  <version least-acceptable-version="2.8.0.0">2.8.1.0</version>
  <minimum-version install-first="2.8.0.5">2.8.0.0</minimum-version>
  <formats>
    <store name="message-store" format="2"/>
    <configuration name="etc" format="debian-13"/>
  </formats>
  <conversions contract="1">
    <conversion name="message-store" program="convert-store" from="1" to="2"/>
    <conversion name="etc" program="etc" from="any" to="debian-13"/>
  </conversions>
  <requires><space path="/data" free-bytes="5000"/><package>postgresql-15</package><port number="25" protocol="tcp" service="a.service"/></requires>
  <release-notes>A &lt;new&gt; one &amp; &#228; <![CDATA[<b>]]>
    with two lines</release-notes>
  <license>Terms</license>
</firmware>
)";

constexpr std::string_view short_template =
    R"(<firmware format="3"><product>p</product><hardware>h</hardware><version>1.0.0.0</version>)"
    R"(<minimum-version>0.0.0.0</minimum-version><formats/><conversions contract="1"/><release-notes/><license/></firmware>)";

void write_manifests(const Corpus &corpus) {
    const partitions::base::Sha256 hash = sha256_of(std::string_view("x"));
    const firmware_writer::ImageFacts plain{
        .image_bytes = 8192, .chunks_hash = hash, .chunks_bytes = 200, .units = std::nullopt, .patches = {}};
    firmware_writer::ImageFacts whole = plain;
    whole.units = firmware::StoredEntry{9216, 100, hash};
    whole.patches = {{firmware::Version(2, 8, 0, 0), 4096, hash, {10240, 90, hash}, 10752, 70},
                     {firmware::Version(2, 8, 0, 5), 8192, hash, {11264, 90, hash}, 11776, 0}};
    corpus.add("manifest", "template", manifest_template);
    corpus.add("manifest", "short", complete_manifest(short_template, plain));
    corpus.add("manifest", "plain", complete_manifest(manifest_template, plain));
    corpus.add("manifest", "whole", complete_manifest(manifest_template, whole));
}

/// Made once: kept inputs with an intact signature keep it.
void make_key(const Corpus &corpus) {
    const auto trusted = corpus.folder() / "keys" / "trusted";
    if (exists(corpus.folder() / "keys" / "key.pem"))
        return;
    create_directories(trusted);
    make_key_pair("Fuzzers", corpus.folder() / "keys" / "key.pem", trusted / "certificate.pem");
}

/// An image of one chunk that compresses well.
std::string image() {
    std::string text;
    while (text.size() < 3UL * 32 * 1024)
        text += "some line, number " + std::to_string(text.size() / 100) + "\n";
    text.resize(3UL * 32 * 1024 - 4096);
    return text;
}

} // namespace

void write_firmware_inputs(const Corpus &corpus) {
    write_manifests(corpus);
    make_key(corpus);
    const auto keys = corpus.folder() / "keys";
    Corpus::write(keys / "image", image());
    Corpus::write(keys / "records", "these bytes stand for a record");
    firmware_writer::FirmwareParts parts;
    parts.manifest_template = manifest_template;
    parts.image = keys / "image";
    parts.key = keys / "key.pem";
    parts.certificate = keys / "trusted" / "certificate.pem";
    parts.compression_level = 3;
    parts.threads = 1;
    write_firmware(parts, keys / "firmware", nullptr, {});
    const std::string plain = read_file(keys / "firmware");
    corpus.add("firmware_head", "plain", plain);
    corpus.add("firmware_head", "cut-off", std::string_view(plain).substr(0, plain.size() / 2));

    parts.make_patches = [&](const firmware::ChunkIndex &) -> std::vector<firmware_writer::PatchPart> {
        const std::uint64_t record_bytes = file_size(keys / "records");
        return {{.from = firmware::Version(2, 8, 0, 0),
                 .base_image_bytes = 4096,
                 .base_fingerprint = {},
                 .index = {firmware::PatchRecord{0, record_bytes, sha256_of(read_file(keys / "records"))}},
                 .data_file = keys / "records"}};
    };
    write_firmware(parts, keys / "firmware", nullptr, {});
    corpus.add("firmware_head", "with-patch", read_file(keys / "firmware"));
}

} // namespace fuzz
