// Reading formats and conversions.
#include "updater/firmware/manifest_formats.hpp"

#include "updater/firmware/manifest_xml.hpp"

#include <algorithm>

namespace updater::firmware {

using namespace manifest_xml;
using tinyxml2::XMLElement;

namespace {

constexpr std::uint64_t max_conversion_contract = 1000;

/// A format is a name, and never the word that stands for all of them.
std::string format_in_attribute(const XMLElement &element, const char *name) {
    std::string format = manifest_xml::name_in_attribute(element, name);
    if (format == any_format)
        manifest_xml::refuse(manifest_xml::where(element) + ": " + name + " has to be one format, not " +
                             std::string(any_format));
    return format;
}

const DataFormat &format_named(const XMLElement &element, const Manifest &manifest) {
    const std::string name = manifest_xml::name_in_attribute(element, "name");
    const auto found = std::ranges::find(manifest.formats, name, &DataFormat::name);
    if (found == manifest.formats.end())
        manifest_xml::refuse(manifest_xml::where(element) + ": <formats> does not name " + name);
    return *found;
}

Conversion read_conversion(const XMLElement &element, const Manifest &manifest) {
    manifest_xml::check(element, {.attributes = {"name", "program", "from", "to"}});
    const DataFormat &result = format_named(element, manifest);
    Conversion conversion{.name = result.name,
                          .kind = result.kind,
                          .program = manifest_xml::name_in_attribute(element, "program"),
                          .from = manifest_xml::name_in_attribute(element, "from"),
                          .to = format_in_attribute(element, "to")};
    if (conversion.from == conversion.to)
        manifest_xml::refuse(manifest_xml::where(element) + ": from and to are the same format, " +
                             conversion.to);
    if (conversion.from == any_format && conversion.to != result.format)
        manifest_xml::refuse(manifest_xml::where(element) + ": from any format leads to " + conversion.to +
                             ", and the new system has " + result.format);
    return conversion;
}

bool contradict(const Conversion &one, const Conversion &other) {
    const bool one_is_enough = one.from == any_format || other.from == any_format;
    return one.name == other.name && (one_is_enough || (one.from == other.from && one.to == other.to));
}

} // namespace

void read_formats(const XMLElement &root, Manifest &manifest) {
    const XMLElement &formats = manifest_xml::child(root, "formats");
    manifest_xml::check(formats, {.repeated_children = {"store", "configuration"}});
    for (const XMLElement *element = formats.FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        manifest_xml::check(*element, {.attributes = {"name", "format"}});
        const bool is_store = std::string_view(element->Name()) == "store";
        const DataFormat format{.name = manifest_xml::name_in_attribute(*element, "name"),
                                .kind = is_store ? ConversionKind::store : ConversionKind::configuration,
                                .format = format_in_attribute(*element, "format")};
        if (is_store && format.name == "etc")
            manifest_xml::refuse(manifest_xml::where(*element) + ": a store cannot be named etc");
        if (std::ranges::find(manifest.formats, format.name, &DataFormat::name) != manifest.formats.end())
            manifest_xml::refuse(manifest_xml::where(*element) + ": there is another format of " +
                                 format.name);
        manifest.formats.push_back(format);
    }
}

void read_conversions(const XMLElement &root, Manifest &manifest) {
    const XMLElement &conversions = manifest_xml::child(root, "conversions");
    manifest_xml::check(conversions, {.attributes = {"contract"}, .repeated_children = {"conversion"}});
    manifest.conversion_contract = static_cast<unsigned>(
        manifest_xml::number_in_attribute(conversions, "contract", max_conversion_contract));
    for (const XMLElement *element = conversions.FirstChildElement(); element;
         element = element->NextSiblingElement()) {
        const Conversion conversion = read_conversion(*element, manifest);
        if (std::ranges::any_of(manifest.conversions,
                                [&](const Conversion &other) { return contradict(conversion, other); }))
            manifest_xml::refuse(manifest_xml::where(*element) + ": there is another conversion of " +
                                 conversion.name + " from " + conversion.from + " to " + conversion.to +
                                 ", or one from any format");
        manifest.conversions.push_back(conversion);
    }
}

} // namespace updater::firmware
