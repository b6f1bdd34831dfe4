// Filling in a vendor's manifest template.
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/manifest.hpp"

#include <tinyxml2.h>

namespace updater {

namespace {

tinyxml2::XMLElement &child_to_fill(tinyxml2::XMLElement &root, const char *name) {
    tinyxml2::XMLElement *found = root.FirstChildElement(name);
    return found ? *found : *root.InsertNewChildElement(name);
}

} // namespace

std::string complete_manifest(std::string_view template_xml, std::uint64_t image_bytes,
                              const Sha256 &chunks_hash, std::uint64_t chunks_bytes) {
    tinyxml2::XMLDocument document;
    if (document.Parse(template_xml.data(), template_xml.size()) != tinyxml2::XML_SUCCESS)
        throw FirmwareRefused(FirmwareRefusal::wrong_manifest,
                              "manifest template: not well-formed XML, line " +
                                  std::to_string(document.ErrorLineNum()));
    tinyxml2::XMLElement *root = document.RootElement();
    if (!root)
        throw FirmwareRefused(FirmwareRefusal::wrong_manifest, "manifest template: no element in it");
    child_to_fill(*root, "image").SetAttribute("bytes", image_bytes);
    tinyxml2::XMLElement &chunks = child_to_fill(*root, "chunks");
    chunks.SetAttribute("hash-algorithm", "sha256");
    chunks.SetAttribute("hash", to_hexadecimal(chunks_hash).c_str());
    chunks.SetAttribute("bytes", chunks_bytes);

    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    std::string xml = printer.CStr();
    parse_manifest(xml);
    return xml;
}

} // namespace updater
