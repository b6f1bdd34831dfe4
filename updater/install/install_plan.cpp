#include "updater/install/install_plan.hpp"
#include "updater/text/byte_amount.hpp"

namespace updater::install {

std::string_view name_of(Way way) {
    switch (way) {
    case Way::nothing:
        return "nothing";
    case Way::patch:
        return "patch";
    case Way::units:
        return "units";
    case Way::whole:
        return "whole";
    }
    return "unknown";
}

std::string text_of(const InstallPlan &plan, const std::string &patched_version) {
    const std::string there = plan.present_bytes > 0 ? "; " + text::bytes_text(plan.present_bytes) +
                                                           " of the image are there already"
                                                     : "";
    const std::string fetched =
        "to fetch: " + text::bytes_text(plan.fetch_bytes) + " of " + text::bytes_text(plan.whole_bytes);
    switch (plan.way) {
    case Way::nothing:
        return "nothing to fetch: the partition holds this image already";
    case Way::patch:
        return fetched + ", as a patch to " + patched_version + there;
    case Way::units:
        return fetched + ", what neither partition holds" + there;
    case Way::whole:
        return fetched + there;
    }
    return {};
}

} // namespace updater::install
