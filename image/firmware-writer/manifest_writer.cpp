// Filling in a vendor's manifest template.
#include "image/firmware-writer/manifest_writer.hpp"

#include "updater/firmware/firmware_error.hpp"
#include "updater/xml/writing.hpp"

#include <tinyxml2.h>

namespace firmware_writer {

namespace {

tinyxml2::XMLElement &child_to_fill(tinyxml2::XMLElement &root, const char *name) {
    tinyxml2::XMLElement *found = root.FirstChildElement(name);
    return found ? *found : *root.InsertNewChildElement(name);
}

void fill(tinyxml2::XMLElement &element, const updater::firmware::StoredEntry &entry) {
    element.SetAttribute("offset", entry.offset_bytes);
    element.SetAttribute("bytes", entry.length_bytes);
    element.SetAttribute("sha256", partitions::base::to_hexadecimal(entry.sha256).c_str());
}

void add_patches(tinyxml2::XMLElement &root, const std::vector<updater::firmware::PatchEntry> &patches) {
    if (patches.empty())
        return;
    tinyxml2::XMLElement &all = child_to_fill(root, "patches");
    all.DeleteChildren();
    for (const updater::firmware::PatchEntry &patch : patches) {
        tinyxml2::XMLElement &element = *all.InsertNewChildElement("patch");
        element.SetAttribute("from", patch.from.text().c_str());
        element.SetAttribute("base-bytes", patch.base_image_bytes);
        element.SetAttribute("base-fingerprint",
                             partitions::base::to_hexadecimal(patch.base_fingerprint).c_str());
        fill(*element.InsertNewChildElement("index"), patch.index);
        tinyxml2::XMLElement &data = *element.InsertNewChildElement("data");
        data.SetAttribute("offset", patch.data_offset_bytes);
        data.SetAttribute("bytes", patch.data_bytes);
    }
}

} // namespace

std::string complete_manifest(std::string_view template_xml, const ImageFacts &facts) {
    tinyxml2::XMLDocument document;
    if (document.Parse(template_xml.data(), template_xml.size()) != tinyxml2::XML_SUCCESS)
        throw updater::firmware::FirmwareRefused(updater::firmware::FirmwareRefusal::wrong_manifest,
                                                 "manifest template: not well-formed XML, line " +
                                                     std::to_string(document.ErrorLineNum()));
    tinyxml2::XMLElement *root = document.RootElement();
    if (!root)
        throw updater::firmware::FirmwareRefused(updater::firmware::FirmwareRefusal::wrong_manifest,
                                                 "manifest template: no element in it");
    child_to_fill(*root, "image").SetAttribute("bytes", facts.image_bytes);
    tinyxml2::XMLElement &chunks = child_to_fill(*root, "chunks");
    chunks.SetAttribute("hash-algorithm", "sha256");
    chunks.SetAttribute("hash", partitions::base::to_hexadecimal(facts.chunks_hash).c_str());
    chunks.SetAttribute("bytes", facts.chunks_bytes);
    if (facts.units)
        fill(child_to_fill(*root, "units"), *facts.units);
    add_patches(*root, facts.patches);

    std::string xml = updater::xml::text_of(document);
    updater::firmware::parse_manifest(xml);
    return xml;
}

} // namespace firmware_writer
