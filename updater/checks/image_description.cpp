// Comparing the two descriptions.
#include "updater/checks/image_description.hpp"

#include "updater/refusal.hpp"

#include <map>
#include <string>
#include <utility>

namespace updater {

namespace {

/// "store message-store", "configuration etc" → format.
using FormatsByName = std::map<std::string, std::string>;

FormatsByName formats_of(const Manifest &manifest) {
    FormatsByName formats;
    for (const DataFormat &each : manifest.formats)
        formats[(each.kind == ConversionKind::store ? "store " : "configuration ") + each.name] = each.format;
    return formats;
}

FormatsByName formats_of(const Appliance &appliance) {
    FormatsByName formats;
    for (const Store &store : appliance.stores)
        formats["store " + store.name] = store.format;
    for (const ConfigurationFormat &each : appliance.configuration_formats)
        formats["configuration " + each.name] = each.format;
    return formats;
}

std::string in_words(const FormatsByName &formats) {
    std::string text;
    for (const auto &[name, format] : formats)
        text += (text.empty() ? "" : ", ") + name + " in format " + format;
    return text.empty() ? "nothing" : text;
}

} // namespace

void check_description(const Manifest &manifest, const Appliance &of_image) {
    const auto require = [&](const std::string &what, const std::string &expected, const std::string &found) {
        if (expected != found)
            throw Refused("the image of version " + manifest.version.text() +
                              " does not describe itself as its manifest does: by the manifest its " + what +
                              " is " + expected + ", by its appliance.xml " + found,
                          "Ask the vendor for a firmware whose manifest and image agree.");
    };
    require("product", manifest.product, of_image.product);
    require("hardware", manifest.hardware, of_image.hardware);
    require("version", manifest.version.text(), of_image.version);
    require("data", in_words(formats_of(manifest)), in_words(formats_of(of_image)));
}

} // namespace updater
