#include "updater/firmware/manifest_formats.hpp"

#include "updater/firmware/manifest_values.hpp"

#include <algorithm>

namespace updater::firmware {

using namespace manifest_values;

namespace {

constexpr std::uint64_t max_conversion_contract = 1000;

/// A name other than the word for every format.
std::string format_in_attribute(xml::Element &element, const char *name) {
    std::string format = name_in_attribute(element, name);
    if (format == any_format)
        element.complain(std::string("needs one format in ") + name + ", not " + std::string(any_format));
    return format;
}

DataFormat read_format(xml::Element &element) {
    const bool is_store = element.name() == "store";
    DataFormat format{.name = name_in_attribute(element, "name"),
                      .kind = is_store ? ConversionKind::store : ConversionKind::configuration,
                      .format = format_in_attribute(element, "format")};
    if (is_store && format.name == "etc")
        element.complain("cannot be named etc");
    element.finish();
    return format;
}

const DataFormat &format_named(xml::Element &element, const Manifest &manifest) {
    const std::string name = name_in_attribute(element, "name");
    const auto found = std::ranges::find(manifest.formats, name, &DataFormat::name);
    if (found == manifest.formats.end())
        element.complain("converts something that <formats> does not name: " + name);
    return *found;
}

Conversion read_conversion(xml::Element &element, const Manifest &manifest) {
    const DataFormat &result = format_named(element, manifest);
    Conversion conversion{.name = result.name,
                          .kind = result.kind,
                          .program = name_in_attribute(element, "program"),
                          .from = name_in_attribute(element, "from"),
                          .to = format_in_attribute(element, "to")};
    if (conversion.from == conversion.to)
        element.complain("has the same format in from and to, " + conversion.to);
    if (conversion.from == any_format && conversion.to != result.format)
        element.complain("from any format leads to " + conversion.to + ", and the new system has " +
                         result.format);
    element.finish();
    return conversion;
}

bool contradict(const Conversion &one, const Conversion &other) {
    const bool one_is_enough = one.from == any_format || other.from == any_format;
    return one.name == other.name && (one_is_enough || (one.from == other.from && one.to == other.to));
}

} // namespace

void read_formats(xml::Element formats, Manifest &manifest) {
    for (xml::Element &element : formats.children({"store", "configuration"})) {
        const DataFormat format = read_format(element);
        if (std::ranges::find(manifest.formats, format.name, &DataFormat::name) != manifest.formats.end())
            element.complain("is another format of " + format.name);
        manifest.formats.push_back(format);
    }
    formats.finish();
}

void read_conversions(xml::Element conversions, Manifest &manifest) {
    manifest.conversion_contract =
        static_cast<unsigned>(number_in_attribute(conversions, "contract", max_conversion_contract));
    for (xml::Element &element : conversions.children("conversion")) {
        const Conversion conversion = read_conversion(element, manifest);
        if (std::ranges::any_of(manifest.conversions,
                                [&](const Conversion &other) { return contradict(conversion, other); }))
            element.complain("is another conversion of " + conversion.name + " from " + conversion.from +
                             " to " + conversion.to + ", or there is one from any format");
        manifest.conversions.push_back(conversion);
    }
    conversions.finish();
}

} // namespace updater::firmware
