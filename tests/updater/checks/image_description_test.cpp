// A firmware whose manifest and image disagree is refused before anything stops.
#include "updater/checks/image_description.hpp"
#include "updater/refusal.hpp"

#include <functional>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

TEST_GROUP(ImageDescription) {
    firmware::Manifest manifest;
    configuration::Appliance image;

    void setup() override {
        manifest.product = image.product = "mailsec";
        manifest.hardware = image.hardware = "box";
        manifest.version = firmware::Version(2, 8, 1, 0);
        image.version = "2.8.1.0";
        manifest.formats = {{"message-store", firmware::ConversionKind::store, "2"},
                            {"etc", firmware::ConversionKind::configuration, "debian-13"}};
        image.stores = {{.name = "message-store", .path = {}, .format = "2", .inspect = {}, .unit = {}}};
        image.configuration_formats = {{"etc", "debian-13"}};
    }
    std::string refusal() const {
        try {
            check_description(manifest, image);
        } catch (const Refused &refused) {
            return std::string(refused.what()) + " | " + refused.next_step();
        }
        return "";
    }
};

TEST(ImageDescription, that_agrees_is_accepted) {
    STRCMP_EQUAL("", refusal().c_str());
}

TEST(ImageDescription, that_differs_is_refused_by_name) {
    struct Case {
        const char *says;
        std::function<void(configuration::Appliance &)> spoil;
    };
    const std::vector<Case> cases = {
        {"its product is mailsec, in its appliance.xml other",
         [](configuration::Appliance &it) { it.product = "other"; }},
        {"its hardware is box", [](configuration::Appliance &it) { it.hardware = "other"; }},
        {"its version is 2.8.1.0, in its appliance.xml 2.8.0.0",
         [](configuration::Appliance &it) { it.version = "2.8.0.0"; }},
        {"in its appliance.xml configuration etc in format debian-13",
         [](configuration::Appliance &it) { it.stores.clear(); }},
        {"in its appliance.xml store message-store in format 2",
         [](configuration::Appliance &it) { it.configuration_formats.clear(); }},
        {"store message-store in format 3", [](configuration::Appliance &it) { it.stores[0].format = "3"; }},
        {"configuration policy in format 1",
         [](configuration::Appliance &it) {
             it.configuration_formats.push_back({"policy", "1"});
         }},
    };
    const configuration::Appliance right = image;
    for (const Case &one : cases) {
        image = right;
        one.spoil(image);
        STRCMP_CONTAINS(one.says, refusal().c_str());
        STRCMP_CONTAINS("Ask the vendor", refusal().c_str());
    }
}
