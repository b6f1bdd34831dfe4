#include "updater/content/product_call.hpp"

#include <utility>

namespace updater::content {

hooks::runner::HookCall product_call(const std::filesystem::path &program, std::vector<std::string> arguments,
                                     unsigned contract, std::chrono::seconds time_limit) {
    hooks::runner::HookCall call;
    call.program = program;
    call.arguments = std::move(arguments);
    call.environment = {{"UPDATE_CONTROL_CONTRACT", std::to_string(contract)}, {"LC_ALL", "C.UTF-8"}};
    call.time_limit = time_limit;
    call.private_network = false;
    call.writable = {"/var", "/run"};
    call.capabilities = hooks::runner::capabilities_for_the_product;
    return call;
}

} // namespace updater::content
