// Paths of one generation.
#include "updater/phases/layout.hpp"

#include <stdexcept>

namespace updater {

std::filesystem::path Layout::in_generation(const std::filesystem::path &generation,
                                            const std::filesystem::path &path_below_var) {
    const auto relative = path_below_var.lexically_normal().lexically_relative("/var");
    if (relative.empty() || *relative.begin() == ".." || relative == ".")
        throw std::invalid_argument("'" + path_below_var.string() +
                                    "' is not below /var, so it does not belong to a generation");
    return generation / "var" / relative;
}

} // namespace updater
