// Reading the manifest: what each element means.
#include "updater/firmware/manifest.hpp"

#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/manifest_formats.hpp"
#include "updater/firmware/manifest_xml.hpp"
#include "updater/firmware/unit_index.hpp"

#include <algorithm>
#include <tinyxml2.h>

namespace updater::firmware {

using namespace manifest_xml;

bool converts_data(const Manifest &manifest) {
    return std::ranges::any_of(manifest.conversions,
                               [](const Conversion &each) { return each.from != any_format; });
}

namespace {

using tinyxml2::XMLElement;
using tinyxml2::XMLNode;

constexpr std::uint64_t max_image_bytes = std::uint64_t{1} << 40;
/// Partitions are written with direct I/O, in whole blocks.
constexpr std::uint64_t image_block_bytes = 4096;

Version parse_version(const XMLElement &element, const std::string &text) {
    try {
        return Version::parse(text);
    } catch (const InvalidVersion &error) {
        manifest_xml::refuse(manifest_xml::where(element) + ": " + error.what());
    }
}

void read_versions(const XMLElement &root, Manifest &manifest) {
    const XMLElement &version = manifest_xml::child(root, "version");
    manifest_xml::check(version, {.optional_attributes = {"least-acceptable-version"}, .text = true});
    manifest.version = parse_version(version, manifest_xml::text_of(version));
    if (version.Attribute("least-acceptable-version")) {
        manifest.least_acceptable_version =
            parse_version(version, manifest_xml::attribute_of(version, "least-acceptable-version"));
        if (manifest.version < *manifest.least_acceptable_version)
            manifest_xml::refuse(manifest_xml::where(version) +
                                 ": the least acceptable version is newer than the version itself");
    }
    const XMLElement &minimum = manifest_xml::child(root, "minimum-version");
    manifest_xml::check(minimum, {.optional_attributes = {"install-first"}, .text = true});
    manifest.minimum_version = parse_version(minimum, manifest_xml::text_of(minimum));
    manifest.install_first =
        minimum.Attribute("install-first")
            ? parse_version(minimum, manifest_xml::attribute_of(minimum, "install-first"))
            : manifest.minimum_version;
    if (manifest.install_first < manifest.minimum_version || manifest.version < manifest.install_first)
        manifest_xml::refuse(
            manifest_xml::where(minimum) +
            ": the minimum version, the version to install first and the version itself must "
            "not be older each than the one before");
}

partitions::base::Sha256 hash_in_attribute(const XMLElement &element, const char *name) {
    const std::optional<partitions::base::Sha256> hash =
        partitions::base::parse_sha256(manifest_xml::attribute_of(element, name));
    if (!hash)
        manifest_xml::refuse(manifest_xml::where(element) + ": " + name +
                             " is not 64 lower-case hexadecimal digits");
    return *hash;
}

void read_image(const XMLElement &root, Manifest &manifest) {
    const XMLElement &image = manifest_xml::child(root, "image");
    manifest_xml::check(image, {.attributes = {"bytes"}});
    manifest.image_bytes = manifest_xml::number_in_attribute(image, "bytes", max_image_bytes);
    if (manifest.image_bytes == 0 || manifest.image_bytes % image_block_bytes != 0)
        manifest_xml::refuse(manifest_xml::where(image) + ": the length of the image is not a multiple of " +
                             std::to_string(image_block_bytes));

    const XMLElement &chunks = manifest_xml::child(root, "chunks");
    manifest_xml::check(chunks, {.attributes = {"hash-algorithm", "hash", "bytes"}});
    if (const std::string algorithm = manifest_xml::attribute_of(chunks, "hash-algorithm");
        algorithm != "sha256")
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "manifest: " + manifest_xml::where(chunks) +
                                  ": this version knows only the hash algorithm sha256");
    manifest.chunks_hash = hash_in_attribute(chunks, "hash");
    manifest.chunks_bytes = manifest_xml::number_in_attribute(chunks, "bytes", max_chunk_index_bytes);
}

/// Entries behind the image come in the order of their offsets and do not overlap; returns where this one
/// ends.
std::uint64_t end_of_entry(const XMLElement &element, std::uint64_t offset_bytes, std::uint64_t length_bytes,
                           std::uint64_t end_before) {
    if (offset_bytes < end_before)
        manifest_xml::refuse(manifest_xml::where(element) + " overlaps what is before it in the firmware");
    return offset_bytes + length_bytes;
}

StoredEntry read_entry(const XMLElement &element, std::uint64_t max_bytes) {
    manifest_xml::check(element, {.attributes = {"offset", "bytes", "sha256"}});
    return {.offset_bytes = manifest_xml::number_in_attribute(element, "offset", max_image_bytes),
            .length_bytes = manifest_xml::number_in_attribute(element, "bytes", max_bytes),
            .sha256 = hash_in_attribute(element, "sha256")};
}

PatchEntry read_patch(const XMLElement &element) {
    manifest_xml::check(
        element, {.attributes = {"from", "base-bytes", "base-fingerprint"}, .children = {"index", "data"}});
    PatchEntry patch;
    patch.from = parse_version(element, manifest_xml::attribute_of(element, "from"));
    patch.base_image_bytes = manifest_xml::number_in_attribute(element, "base-bytes", max_image_bytes);
    patch.base_fingerprint = hash_in_attribute(element, "base-fingerprint");
    patch.index = read_entry(manifest_xml::child(element, "index"), max_chunk_index_bytes);
    const XMLElement &data = manifest_xml::child(element, "data");
    manifest_xml::check(data, {.attributes = {"offset", "bytes"}});
    patch.data_offset_bytes = manifest_xml::number_in_attribute(data, "offset", max_image_bytes);
    patch.data_bytes = manifest_xml::number_in_attribute(data, "bytes", max_image_bytes);
    return patch;
}

void read_entries_behind_image(const XMLElement &root, Manifest &manifest) {
    std::uint64_t end = 0;
    if (const XMLElement *units = root.FirstChildElement("units")) {
        manifest.units = read_entry(*units, max_unit_index_bytes);
        end = end_of_entry(*units, manifest.units->offset_bytes, manifest.units->length_bytes, end);
    }
    const XMLElement *patches = root.FirstChildElement("patches");
    if (!patches)
        return;
    manifest_xml::check(*patches, {.repeated_children = {"patch"}});
    for (const XMLElement *element = patches->FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        const PatchEntry patch = read_patch(*element);
        if (std::ranges::any_of(manifest.patches,
                                [&](const PatchEntry &other) { return other.from == patch.from; }))
            manifest_xml::refuse(manifest_xml::where(*element) + ": there is another patch from " +
                                 patch.from.text());
        end = end_of_entry(*element, patch.index.offset_bytes, patch.index.length_bytes, end);
        end = end_of_entry(*element, patch.data_offset_bytes, patch.data_bytes, end);
        manifest.patches.push_back(patch);
    }
}

void read_requirements(const XMLElement &root, Manifest &manifest) {
    const XMLElement *requires_element = root.FirstChildElement("requires");
    if (!requires_element)
        return;
    manifest_xml::check(*requires_element, {.repeated_children = {"space", "package"}});
    for (const XMLElement *element = requires_element->FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        if (std::string_view(element->Name()) == "package") {
            manifest.required_packages.push_back(manifest_xml::name_in_text(*element));
            continue;
        }
        manifest_xml::check(*element, {.attributes = {"path", "free-bytes"}});
        const std::filesystem::path path =
            manifest_xml::checked_text(*element, manifest_xml::attribute_of(*element, "path"));
        if (!path.is_absolute() || path != path.lexically_normal())
            manifest_xml::refuse(manifest_xml::where(*element) +
                                 ": the path is not absolute, or has \".\", \"..\" or \"//\" in it");
        manifest.required_space.push_back(
            {path, manifest_xml::number_in_attribute(*element, "free-bytes", UINT64_MAX)});
    }
}

const XMLElement &root_of(const tinyxml2::XMLDocument &document) {
    const XMLElement *root = nullptr;
    for (const XMLNode *node = document.FirstChild(); node; node = node->NextSibling()) {
        if (node->ToComment() || node->ToDeclaration())
            continue;
        if (root || !node->ToElement())
            manifest_xml::refuse("there is something beside the one element <firmware>");
        root = node->ToElement();
    }
    if (!root || std::string_view(root->Name()) != "firmware")
        manifest_xml::refuse("the outermost element is not <firmware>");
    return *root;
}

} // namespace

Manifest parse_manifest(std::string_view xml) {
    if (xml.size() > max_manifest_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the manifest is larger than the format allows");
    if (xml.find('\0') != std::string_view::npos)
        manifest_xml::refuse("there is a zero byte in it");
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        manifest_xml::refuse("not well-formed XML, line " + std::to_string(document.ErrorLineNum()));
    const XMLElement &root = root_of(document);

    // The format comes first: a later format may well have elements that are unknown here.
    if (manifest_xml::attribute_of(root, "format") != "3")
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "manifest: the firmware has a format that this version does not read");
    manifest_xml::check(root, {.attributes = {"format"},
                               .children = {"product", "hardware", "version", "minimum-version", "image",
                                            "chunks", "formats", "conversions", "release-notes", "license"},
                               .optional_children = {"requires", "units", "patches"}});
    Manifest manifest;
    manifest.product = manifest_xml::name_in_text(manifest_xml::child(root, "product"));
    manifest.hardware = manifest_xml::name_in_text(manifest_xml::child(root, "hardware"));
    read_versions(root, manifest);
    read_image(root, manifest);
    read_entries_behind_image(root, manifest);
    read_formats(root, manifest);
    read_conversions(root, manifest);
    read_requirements(root, manifest);
    manifest_xml::check(manifest_xml::child(root, "release-notes"), {.text = true});
    manifest.release_notes = manifest_xml::text_of(manifest_xml::child(root, "release-notes"));
    manifest_xml::check(manifest_xml::child(root, "license"), {.text = true});
    manifest.license = manifest_xml::text_of(manifest_xml::child(root, "license"));
    return manifest;
}

} // namespace updater::firmware
