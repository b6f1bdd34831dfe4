// Reading the manifest: what each element means.
#include "updater/firmware/manifest.hpp"

#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/manifest_formats.hpp"
#include "updater/firmware/manifest_values.hpp"
#include "updater/firmware/unit_index.hpp"
#include "updater/xml/document.hpp"

#include <algorithm>

namespace updater::firmware {

using namespace manifest_values;

bool converts_data(const Manifest &manifest) {
    return std::ranges::any_of(manifest.conversions,
                               [](const Conversion &each) { return each.from != any_format; });
}

namespace {

constexpr std::uint64_t max_image_bytes = std::uint64_t{1} << 40;
/// Partitions are written with direct I/O, in whole blocks.
constexpr std::uint64_t image_block_bytes = 4096;

void read_version(xml::Element element, Manifest &manifest) {
    manifest.version = parse_version(element, element.text());
    if (const auto least = element.optional_attribute("least-acceptable-version")) {
        manifest.least_acceptable_version = parse_version(element, *least);
        if (manifest.version < *manifest.least_acceptable_version)
            element.complain("has a least acceptable version that is newer than the version itself");
    }
    element.finish();
}

void read_minimum_version(xml::Element element, Manifest &manifest) {
    manifest.minimum_version = parse_version(element, element.text());
    const auto first = element.optional_attribute("install-first");
    manifest.install_first = first ? parse_version(element, *first) : manifest.minimum_version;
    if (manifest.install_first < manifest.minimum_version || manifest.version < manifest.install_first)
        element.complain("must not be newer than install-first, and the firmware's version must not be older "
                         "than install-first");
    element.finish();
}

void read_image(xml::Element element, Manifest &manifest) {
    manifest.image_bytes = number_in_attribute(element, "bytes", max_image_bytes);
    if (manifest.image_bytes == 0 || manifest.image_bytes % image_block_bytes != 0)
        element.complain("has a length that is not a multiple of " + std::to_string(image_block_bytes));
    element.finish();
}

void read_chunks(xml::Element element, Manifest &manifest) {
    if (element.text_attribute("hash-algorithm") != "sha256")
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "the manifest has a hash algorithm for chunks that this version does not "
                              "support; it supports only sha256");
    manifest.chunks_hash = element.sha256_attribute("hash");
    manifest.chunks_bytes = number_in_attribute(element, "bytes", max_chunk_index_bytes);
    element.finish();
}

/// Entries behind the image come in the order of their offsets and do not overlap. Returns the end of this
/// one.
std::uint64_t end_of_entry(const xml::Element &element, std::uint64_t offset_bytes,
                           std::uint64_t length_bytes, std::uint64_t end_before) {
    if (offset_bytes < end_before)
        element.complain("overlaps what is before it in the firmware");
    return offset_bytes + length_bytes;
}

StoredEntry read_entry(xml::Element element, std::uint64_t max_bytes) {
    const StoredEntry entry{.offset_bytes = number_in_attribute(element, "offset", max_image_bytes),
                            .length_bytes = number_in_attribute(element, "bytes", max_bytes),
                            .sha256 = element.sha256_attribute("sha256")};
    element.finish();
    return entry;
}

PatchEntry read_patch(xml::Element &element) {
    PatchEntry patch;
    patch.from = parse_version(element, element.text_attribute("from"));
    patch.base_image_bytes = number_in_attribute(element, "base-bytes", max_image_bytes);
    patch.base_fingerprint = element.sha256_attribute("base-fingerprint");
    patch.index = read_entry(element.child("index"), max_chunk_index_bytes);
    xml::Element data = element.child("data");
    patch.data_offset_bytes = number_in_attribute(data, "offset", max_image_bytes);
    patch.data_bytes = number_in_attribute(data, "bytes", max_image_bytes);
    data.finish();
    element.finish();
    return patch;
}

void read_entries_behind_image(xml::Element &root, Manifest &manifest) {
    std::uint64_t end = 0;
    if (const auto units = root.optional_child("units")) {
        manifest.units = read_entry(*units, max_unit_index_bytes);
        end = end_of_entry(*units, manifest.units->offset_bytes, manifest.units->length_bytes, end);
    }
    auto patches = root.optional_child("patches");
    if (!patches)
        return;
    for (xml::Element &element : patches->children("patch")) {
        const PatchEntry patch = read_patch(element);
        if (std::ranges::any_of(manifest.patches,
                                [&](const PatchEntry &other) { return other.from == patch.from; }))
            element.complain("is another patch from " + patch.from.text());
        end = end_of_entry(element, patch.index.offset_bytes, patch.index.length_bytes, end);
        end = end_of_entry(element, patch.data_offset_bytes, patch.data_bytes, end);
        manifest.patches.push_back(patch);
    }
    patches->finish();
}

SpaceRequirement read_space(xml::Element &element) {
    const std::filesystem::path path = element.path_attribute("path");
    if (path != path.lexically_normal())
        element.complain("has \"//\" in its path");
    const SpaceRequirement space{path, number_in_attribute(element, "free-bytes", UINT64_MAX)};
    element.finish();
    return space;
}

PortRequirement read_port(xml::Element &element) {
    PortRequirement port;
    port.number = static_cast<unsigned>(number_in_attribute(element, "number", 65535));
    port.protocol = name_in_attribute(element, "protocol");
    port.service = name_in_attribute(element, "service");
    if (port.number == 0)
        element.complain("has the number 0");
    if (port.protocol != "tcp" && port.protocol != "udp")
        element.complain("has a protocol other than tcp and udp");
    element.finish();
    return port;
}

void read_requirements(xml::Element &root, Manifest &manifest) {
    auto requirements = root.optional_child("requires");
    if (!requirements)
        return;
    for (xml::Element &element : requirements->children("space"))
        manifest.required_space.push_back(read_space(element));
    for (const xml::Element &element : requirements->children("package"))
        manifest.required_packages.push_back(name_in_text(element));
    for (xml::Element &element : requirements->children("port"))
        manifest.required_ports.push_back(read_port(element));
    requirements->finish();
}

Manifest read_manifest(xml::Element &root) {
    Manifest manifest;
    manifest.product = name_in_text(root.child("product"));
    manifest.hardware = name_in_text(root.child("hardware"));
    read_version(root.child("version"), manifest);
    read_minimum_version(root.child("minimum-version"), manifest);
    read_image(root.child("image"), manifest);
    read_chunks(root.child("chunks"), manifest);
    read_entries_behind_image(root, manifest);
    read_formats(root.child("formats"), manifest);
    read_conversions(root.child("conversions"), manifest);
    read_requirements(root, manifest);
    manifest.release_notes = whole_text(root.child("release-notes"));
    manifest.license = whole_text(root.child("license"));
    return manifest;
}

FirmwareRefusal refusal_for(xml::Fault fault) {
    switch (fault) {
    case xml::Fault::too_long:
        return FirmwareRefusal::too_large;
    case xml::Fault::unsupported_format:
        return FirmwareRefusal::unsupported_format;
    case xml::Fault::wrong:
        return FirmwareRefusal::wrong_manifest;
    }
    throw std::logic_error("unknown fault of a document");
}

} // namespace

Manifest parse_manifest(std::string_view xml) {
    try {
        return xml::read_document(
            xml, {.name = "the manifest", .root = "firmware", .format = "3", .max_bytes = max_manifest_bytes},
            read_manifest);
    } catch (const xml::DocumentError &error) {
        throw FirmwareRefused(refusal_for(error.fault()), error.what());
    }
}

} // namespace updater::firmware
