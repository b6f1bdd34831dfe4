#include "updater/checks/image_description.hpp"

#include "updater/checks/conversion_chain.hpp"
#include "updater/refusal.hpp"

#include <map>
#include <string>
#include <vector>

namespace updater::checks {

namespace {

/// Sorted, because the order of formats does not matter.
std::string in_words(const std::vector<firmware::DataFormat> &formats) {
    std::map<std::string, std::string> by_name;
    for (const firmware::DataFormat &each : formats)
        by_name[(each.kind == firmware::ConversionKind::store ? "store " : "configuration ") + each.name] =
            each.format;
    std::string text;
    for (const auto &[name, format] : by_name)
        text += (text.empty() ? "" : ", ") + name + " in format " + format;
    return text.empty() ? "nothing" : text;
}

} // namespace

void check_description(const firmware::Manifest &manifest, const configuration::Appliance &of_image) {
    const auto require = [&](const std::string &what, const std::string &expected, const std::string &found) {
        if (expected != found)
            throw Refused("the image of version " + manifest.version.text() +
                              " contradicts its manifest: in the manifest its " + what + " is " + expected +
                              ", in its appliance.xml " + found,
                          "Ask the vendor for a firmware whose manifest and image agree.",
                          messages::Code::image_incomplete);
    };
    require("product", manifest.product, of_image.product);
    require("hardware", manifest.hardware, of_image.hardware);
    require("version", manifest.version.text(), of_image.version);
    require("data", in_words(manifest.formats), in_words(formats_of(of_image)));
}

} // namespace updater::checks
