// How programs that work on the running product are called: those at hook points, and repairs of content.
#pragma once

#include "hooks/runner/hook_runner.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace updater::content {

/// It may change the product's files below /var and /run, and use its services and the network. Boot loader,
/// partitions, the updater's files and /etc stay out of reach.
hooks::runner::HookCall product_call(const std::filesystem::path &program, std::vector<std::string> arguments,
                                     unsigned contract, std::chrono::seconds time_limit);

} // namespace updater::content
