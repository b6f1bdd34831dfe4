// Paths below /var.
#include "partitions/generation.hpp"

#include <stdexcept>

namespace partitions {

std::filesystem::path Generation::in_var(const std::filesystem::path &path_below_var) const {
    const auto relative = path_below_var.lexically_normal().lexically_relative("/var");
    if (relative.empty() || *relative.begin() == ".." || relative == ".")
        throw std::invalid_argument("'" + path_below_var.string() +
                                    "' is not below /var, so it does not belong to a generation");
    return var() / relative;
}

} // namespace partitions
