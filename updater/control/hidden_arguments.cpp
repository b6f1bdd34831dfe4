#include "updater/control/hidden_arguments.hpp"

#include <algorithm>
#include <string_view>

namespace updater::control {

void hide_secrets(int argument_count, char **arguments) {
    constexpr std::string_view behind_scheme = "://";
    for (int number = 1; number < argument_count; ++number) {
        const std::string_view argument = arguments[number];
        const std::size_t scheme = argument.find(behind_scheme);
        if (scheme == std::string_view::npos)
            continue;
        const std::size_t server = scheme + behind_scheme.size();
        // Up to the last "@", in case the password contains one or a slash.
        if (const std::size_t at = argument.rfind('@'); at != std::string_view::npos && at > server)
            std::fill(arguments[number] + server, arguments[number] + at, '*');
        if (const std::size_t query = argument.find('?', server); query != std::string_view::npos)
            std::fill(arguments[number] + query + 1, arguments[number] + argument.size(), '*');
    }
}

} // namespace updater::control
