// Which conversions lead from what runs to what is installed: any step between releases, or a refusal by
// name.
#include "updater/checks/conversion_chain.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

namespace {

firmware::Conversion store_step(const std::string &from, const std::string &to) {
    return {"message-store", firmware::ConversionKind::store, "convert", from, to};
}

/// "message-store 1-2, etc debian-12-debian-13", or "refused: REASON | NEXT STEP".
std::string chain_text(const firmware::Manifest &manifest, const configuration::Appliance &running) {
    try {
        std::string text;
        for (const firmware::Conversion &step : conversion_chain(manifest, running))
            text += (text.empty() ? "" : ", ") + step.name + " " + step.from + "-" + step.to;
        return text;
    } catch (const Refused &refused) {
        return std::string("refused: ") + refused.what() + " | " + refused.next_step();
    }
}

} // namespace

TEST_GROUP(ConversionChain) {
    firmware::Manifest manifest;
    configuration::Appliance running;

    void setup() override {
        manifest.version = firmware::Version(2, 9, 0, 0);
        manifest.minimum_version = firmware::Version(2, 7, 0, 0);
        manifest.install_first = firmware::Version(2, 8, 0, 0);
        manifest.conversion_contract = 1;
        manifest.formats = {{"message-store", firmware::ConversionKind::store, "4"}};
        running.stores = {{.name = "message-store", .path = {}, .format = "1", .inspect = {}, .unit = {}}};
    }
    std::string chain() const {
        return chain_text(manifest, running);
    }
};

TEST(ConversionChain, takes_the_fewest_steps_from_whatever_format_runs) {
    struct Case {
        std::vector<firmware::Conversion> steps;
        std::string format;
        std::string chain;
    };
    const std::vector<firmware::Conversion> one_by_one{store_step("1", "2"), store_step("2", "3"),
                                                       store_step("3", "4")};
    const std::vector<firmware::Conversion> with_short_cut{store_step("1", "2"), store_step("2", "3"),
                                                           store_step("3", "4"), store_step("1", "3")};
    const std::vector<firmware::Conversion> in_a_circle{store_step("1", "2"), store_step("2", "1"),
                                                        store_step("2", "4")};
    const std::vector<Case> cases = {
        {one_by_one, "1", "message-store 1-2, message-store 2-3, message-store 3-4"},
        {one_by_one, "3", "message-store 3-4"},
        {one_by_one, "4", ""},
        {with_short_cut, "1", "message-store 1-3, message-store 3-4"},
        {in_a_circle, "1", "message-store 1-2, message-store 2-4"},
        {{}, "4", ""},
    };
    for (const Case &each : cases) {
        manifest.conversions = each.steps;
        running.stores[0].format = each.format;
        STRCMP_EQUAL(each.chain.c_str(), chain().c_str());
    }
}

TEST(ConversionChain, refuses_by_name_what_it_cannot_convert) {
    manifest.conversions = {store_step("2", "3"), store_step("3", "4")};
    STRCMP_EQUAL(
        "refused: the message-store of this appliance is in format 1, version 2.9.0.0 keeps it in format "
        "4, and the firmware has no conversion between them (it has 2 to 3, 3 to 4) | Install "
        "version 2.8.0.0 first if it is newer than the running one; otherwise ask the vendor for a "
        "firmware that converts the message-store from format 1.",
        chain().c_str());
    // Formats only go forwards: an older release cannot read them.
    running.stores[0].format = "5";
    STRCMP_CONTAINS("refused: the message-store of this appliance is in format 5", chain().c_str());
}

TEST(ConversionChain, refuses_to_leave_behind_what_the_new_system_does_not_know) {
    running.stores[0].format = "4";
    running.configuration_formats = {{"policy", "1"}};
    STRCMP_CONTAINS("refused: the firmware does not say in which format version 2.9.0.0 keeps the policy",
                    chain().c_str());
    manifest.formats.push_back({"policy", firmware::ConversionKind::store, "1"});
    STRCMP_CONTAINS("keeps the policy", chain().c_str());
    manifest.formats.back().kind = firmware::ConversionKind::configuration;
    STRCMP_EQUAL("", chain().c_str());
}

TEST(ConversionChain, needs_no_step_for_what_is_new) {
    manifest.formats.push_back({"archive", firmware::ConversionKind::store, "1"});
    running.stores[0].format = "4";
    STRCMP_EQUAL("", chain().c_str());
}

TEST(ConversionChain, merges_between_any_two_releases) {
    manifest.formats = {{"etc", firmware::ConversionKind::configuration, "debian-13"},
                        {"policy", firmware::ConversionKind::configuration, "2"}};
    manifest.conversions = {{"policy", firmware::ConversionKind::configuration, "policy", "1", "2"},
                            {"etc", firmware::ConversionKind::configuration, "etc", "any", "debian-13"}};
    running.stores.clear();
    struct Case {
        std::vector<configuration::ConfigurationFormat> running;
        const char *chain;
    };
    const std::vector<Case> cases = {
        // In the order of the formats, not of the steps: policy reads what etc has made.
        {{{"etc", "debian-12"}, {"policy", "1"}}, "etc debian-12-debian-13, policy 1-2"},
        {{{"policy", "2"}, {"etc", "debian-13"}}, "etc debian-13-debian-13"},
        {{{"policy", "2"}}, "etc none-debian-13"},
    };
    for (const Case &each : cases) {
        running.configuration_formats = each.running;
        STRCMP_EQUAL(each.chain, chain().c_str());
    }
}

TEST(ConversionChain, refuses_programs_of_a_later_contract) {
    manifest.conversion_contract = conversion_contract + 1;
    STRCMP_CONTAINS("refused: the conversion programs of version 2.9.0.0 need contract 2; this "
                    "updater supports contracts up to 1 | Install version 2.8.0.0 first.",
                    chain().c_str());
}
