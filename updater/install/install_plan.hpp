// What an installation is going to do and how it tells: the words that planning and installing share.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace updater::install {

/// Where most of the image comes from. What one way cannot supply is taken from the next.
enum class Way {
    nothing, ///< the target holds the image already
    patch,   ///< made from the base with a patch
    units,   ///< assembled from what both partitions hold; the rest is fetched
    whole,   ///< fetched
};

std::string_view name_of(Way way);

struct InstallPlan {
    Way way = Way::whole;
    std::uint64_t fetch_bytes = 0;   ///< over the network, including what planning has fetched
    std::uint64_t whole_bytes = 0;   ///< the same for the whole compressed image
    std::uint64_t write_bytes = 0;   ///< of the image, zeros included
    std::uint64_t present_bytes = 0; ///< of the image: chunks that the target already holds
    std::string text;                ///< one line for people
};

/// The plan's line for people. `patched_version`: what the patch is made against, for Way::patch.
std::string text_of(const InstallPlan &plan, const std::string &patched_version);

/// `what` is for people. Called by one thread at a time. May be empty.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all, std::string_view what)>;

} // namespace updater::install
